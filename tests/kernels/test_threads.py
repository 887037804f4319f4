"""Threads: lanes end together, and whatever one raises or silences is the caller's."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import nnmods as nn
from nnmods.kernels import blas
from nnmods.kernels.threads import get_num_threads, in_lanes, lanes_for, share

needs_control = pytest.mark.skipif(
    blas.libraries() is None, reason="threadpoolctl controls no BLAS here"
)


@pytest.fixture(autouse=True)
def two_threads():
    nn.set_num_threads(2)
    yield
    nn.set_num_threads()


def test_all_lanes_are_done_on_return():
    done = []
    in_lanes(lambda lane: (time.sleep(0.01 * lane), done.append(lane)), 3)
    assert sorted(done) == [0, 1, 2]


def test_lanes_are_different_threads():
    seen = set()
    in_lanes(lambda lane: seen.add(threading.current_thread()), 2)
    assert len(seen) == 2


def test_an_error_of_a_lane_is_raised_when_all_have_ended():
    done = []

    def task(lane):
        if lane == 1:
            raise ValueError("lane 1")
        time.sleep(0.01)
        done.append(lane)

    with pytest.raises(ValueError, match="lane 1"):
        in_lanes(task, 2)
    assert done == [0]
    in_lanes(done.append, 2)  # and the next call works
    assert sorted(done) == [0, 0, 1]


def test_an_interrupt_of_the_first_lane_waits_for_the_others():
    done = []

    def task(lane):
        if lane == 0:
            raise KeyboardInterrupt
        time.sleep(0.01)
        done.append(lane)

    with pytest.raises(KeyboardInterrupt):
        in_lanes(task, 2)
    assert done == [1]


def test_lanes_within_lanes_follow_one_another():
    done = []
    in_lanes(lambda lane: in_lanes(lambda inner: done.append((lane, inner)), 2), 2)
    assert sorted(done) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_lanes_see_the_errstate_of_the_caller():
    zeros = np.zeros(4)
    with np.errstate(invalid="ignore"):
        in_lanes(lambda lane: np.divide(zeros, zeros), 2)
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        in_lanes(lambda lane: lane and np.divide(zeros, zeros), 2)


def test_shares_cover_all_once():
    for count in range(8):
        for lanes in (1, 2, 3, 5):
            parts = [range(count)[share(count, lanes, i)] for i in range(lanes)]
            assert [i for part in parts for i in part] == list(range(count))


def test_little_work_stays_in_one_lane():
    assert lanes_for(bytes_moved=1000, products=1000) == 1


@needs_control
def test_much_work_takes_all_threads():
    assert lanes_for(bytes_moved=1 << 30) == lanes_for(products=1 << 40) == 2
    nn.set_num_threads(3)
    assert get_num_threads() == lanes_for(products=1 << 40) == 3
    nn.set_num_threads(1)
    assert get_num_threads() == lanes_for(products=1 << 40) == 1


@needs_control
def test_blas_is_held_to_one_thread_and_released():
    library, before = blas.libraries()[0]
    library.set_num_threads(before)
    in_lanes(lambda lane: None, 2)
    assert library.num_threads == 1
    library.set_num_threads(before)
    nn.set_num_threads(2)
    assert library.num_threads == 1
    nn.set_num_threads(1)
    assert library.num_threads == before


def test_without_control_of_blas_there_is_one_lane():
    code = (
        "import sys; sys.modules['threadpoolctl'] = None\n"
        "import nnmods as nn; nn.set_num_threads(2)\n"
        "from nnmods.kernels.threads import lanes_for\n"
        "print(nn.get_num_threads(), lanes_for(products=1 << 40))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == ["1", "1"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_lanes_of_its_own():
    code = (
        "import os\n"
        "from nnmods.kernels.threads import in_lanes\n"
        "in_lanes(print, 2)\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    done = []; in_lanes(done.append, 2); os._exit(len(done))\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert out.stdout.split()[-1] == "2", out.stderr


@pytest.mark.parametrize("n", [0, -1])
def test_a_number_below_one_is_refused(n):
    with pytest.raises(ValueError, match=f"n is {n}, expected 1 or more"):
        nn.set_num_threads(n)


@pytest.mark.parametrize("n", [1.5, "2", True])
def test_what_is_no_number_is_refused(n):
    with pytest.raises(TypeError, match="expected an integer"):
        nn.set_num_threads(n)
