import sys

import pytest

from nnmods.commands.threads import SHARED, threads_for


def blas_threads():
    from threadpoolctl import threadpool_info

    return {
        pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"
    }


def test_short_steps_take_one_thread():
    pytest.importorskip("threadpoolctl")
    before = blas_threads()
    with threads_for(1000, 32):
        assert blas_threads() == {1}
    assert blas_threads() == before


def test_long_steps_are_left_alone():
    pytest.importorskip("threadpoolctl")
    before = blas_threads()
    with threads_for(SHARED, 1):
        assert blas_threads() == before


def test_without_threadpoolctl(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with threads_for(1000, 32):
        pass
