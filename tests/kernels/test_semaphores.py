"""Semaphores: a post lets one wait pass, whether that looks, sleeps or comes later."""

import os
import subprocess
import sys
import threading
import time

import pytest

from nnmods.kernels import semaphores
from nnmods.kernels.threads import in_lanes

needs_library = pytest.mark.skipif(
    semaphores._library() is None, reason="no semaphores of the C library here"
)


@pytest.fixture(params=["C library", "lock"])
def semaphore(request, monkeypatch):
    if request.param == "lock":
        monkeypatch.setattr(semaphores, "_library", lambda: None)
    elif semaphores._library() is None:
        pytest.skip("no semaphores of the C library here")
    return semaphores.semaphore()


def waiting(semaphore):
    """Return a thread that waits, and a list that tells when it goes on."""
    passed = []
    thread = threading.Thread(
        target=lambda: (semaphore.wait(), passed.append(True)), daemon=True
    )
    thread.start()
    return thread, passed


@pytest.mark.parametrize("pause", [0, 0.02], ids=["looking", "asleep"])
def test_who_waits_goes_on_after_a_post(semaphore, pause):
    thread, passed = waiting(semaphore)
    time.sleep(pause)
    assert not passed
    semaphore.post()
    thread.join(10)
    assert passed == [True]


def test_a_post_lets_one_wait_pass(semaphore):
    semaphore.post()
    semaphore.wait()
    thread, passed = waiting(semaphore)
    thread.join(0.02)
    assert not passed
    semaphore.post()
    thread.join(10)
    assert passed


def test_posts_that_nobody_waits_for_do_no_harm(semaphore):
    for _ in range(3):
        semaphore.post()
    semaphore.wait()


@needs_library
def test_who_waits_leaves_the_interpreter_to_others():
    semaphore = semaphores.semaphore()
    thread, passed = waiting(semaphore)
    end = time.perf_counter() + 0.05
    while (
        time.perf_counter() < end
    ):  # with the lock held by the other this stands still
        pass
    assert not passed
    semaphore.post()
    thread.join(10)
    assert passed


def test_lanes_work_with_locks_too(monkeypatch):
    monkeypatch.setattr(semaphores, "_library", lambda: None)
    monkeypatch.setattr("nnmods.kernels.threads._workers", [])
    for _ in range(20):
        done = []
        in_lanes(done.append, 3)
        assert sorted(done) == [0, 1, 2]


@pytest.mark.skipif(not hasattr(os, "kill"), reason="signals are POSIX's")
@pytest.mark.parametrize("asleep", [False, True], ids=["looking", "asleep"])
def test_an_interrupt_while_lanes_work_is_raised_when_they_have_ended(asleep):
    """Sent by the second lane, while the first waits for it; and lanes work on."""
    code = f"""
import os, signal, time
import nnmods as nn
from nnmods.kernels.threads import in_lanes
done = []
def task(lane):
    if lane:
        time.sleep({0.05 if asleep else 0.0})
        os.kill(os.getpid(), signal.SIGINT)
        done.append(lane)
interrupts = 0
for _ in range(30):
    try:
        in_lanes(task, 2)
        time.sleep(0.001)  # the signal comes, late
    except KeyboardInterrupt:
        interrupts += 1
print(interrupts, len(done))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert found.stderr == ""
    assert found.stdout.split() == ["30", "30"]
