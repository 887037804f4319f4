"""Pipelines: stages follow in order, in another thread where there are lanes."""

import threading
import time

import pytest

import nnmods as nn
from nnmods.kernels import semaphores
from nnmods.kernels.pipeline import pipeline
from nnmods.kernels.threads import in_lanes


@pytest.fixture(autouse=True, params=["C library", "lock"])
def two_threads(request, monkeypatch):
    if request.param == "lock":
        monkeypatch.setattr(semaphores, "kinds", lambda: [semaphores._Lock])
    nn.set_num_threads(2)
    yield
    nn.set_num_threads()


def staged(n, log, pause=0.0):
    def lead(done):
        for i in range(n):
            time.sleep(pause)
            log.append(("lead", i))
            done()

    return lead


@pytest.mark.parametrize("lanes", [1, 2, 3])
@pytest.mark.parametrize("n", [0, 1, 20])
@pytest.mark.parametrize("late", ["lead", "follow"])
def test_each_stage_is_followed_once_and_in_order(lanes, n, late):
    log = []

    def follow(i):
        assert ("lead", i) in log
        time.sleep(0.001 * (late == "follow"))
        log.append(("follow", i))

    pipeline(staged(n, log, 0.001 * (late == "lead")), follow, lanes)
    assert [i for who, i in log if who == "follow"] == list(range(n))
    assert len(log) == 2 * n


def test_both_are_at_work_at_the_same_time():
    """Each waits for the other: alone, one of them would wait forever."""
    met = threading.Barrier(2, timeout=10)

    def lead(done):
        done()
        met.wait()

    pipeline(lead, lambda i: met.wait(), 2)


@pytest.mark.parametrize("lanes", [1, 2])
def test_an_error_of_who_leads_ends_both(lanes):
    followed = []

    def lead(done):
        done()
        raise ValueError("in the lead")

    with pytest.raises(ValueError, match="in the lead"):
        pipeline(lead, followed.append, lanes)
    assert followed == [0]
    pipeline(lambda done: done(), followed.append, lanes)  # and the next works
    assert followed == [0, 0]


@pytest.mark.parametrize("lanes", [1, 2])
def test_an_error_of_who_follows_is_raised(lanes):
    def follow(i):
        raise ValueError(f"stage {i}")

    with pytest.raises(ValueError, match="stage 0"):
        pipeline(staged(3, []), follow, lanes)


def test_where_lanes_are_taken_one_follows_the_other():
    found = []

    def task(lane):
        log = []
        pipeline(staged(3, log), lambda i: log.append(("follow", i)), 2)
        found.append(log)

    in_lanes(task, 2)
    assert [len(log) for log in found] == [6, 6]
