"""Semaphores: a post lets one wait pass, whether that looks, sleeps or comes later."""

import os
import subprocess
import sys
import threading
import time

import pytest

from nnmods.kernels import semaphores
from nnmods.kernels.threads import in_lanes

KINDS = semaphores._Flag, semaphores._Semaphore, semaphores._Lock


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def semaphore(request):
    if request.param not in semaphores.kinds():
        pytest.skip("the C library, or Python, is another one")
    return request.param()


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


def test_who_waits_leaves_the_interpreter_to_others(semaphore):
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


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_lanes_work_with_any_of_them(kind, monkeypatch):
    if kind not in semaphores.kinds():
        pytest.skip("the C library, or Python, is another one")
    monkeypatch.setattr(semaphores, "kinds", lambda: [kind])
    monkeypatch.setattr("nnmods.kernels.threads._workers", [])
    for _ in range(20):
        done = []
        in_lanes(done.append, 3)
        assert sorted(done) == [0, 1, 2]


@pytest.mark.parametrize("pause", [0.0, 0.0005])
def test_nothing_is_lost_between_looking_and_sleeping(semaphore, pause):
    """Turns of two threads, some about as long as one looks before it sleeps."""
    other = type(semaphore)()
    turns = 400

    def answer():
        for i in range(turns):
            semaphore.wait()
            time.sleep(pause * (i % 3) / 2)
            other.post()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    for i in range(turns):
        time.sleep(pause * (i % 5) / 4)
        semaphore.post()
        other.wait()
    thread.join(10)
    assert not thread.is_alive()


def test_without_functions_of_the_library_there_are_locks(monkeypatch):
    monkeypatch.setattr(semaphores, "_library", lambda *names: None)
    assert semaphores.kinds.__wrapped__() == [semaphores._Lock]


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
