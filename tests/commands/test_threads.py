import sys

import pytest

from nnmods.commands.threads import one_thread_of_blas


def blas_threads():
    from threadpoolctl import threadpool_info

    return {
        pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"
    }


def test_one_thread_and_as_many_as_before_after_it():
    pytest.importorskip("threadpoolctl")
    before = blas_threads()
    with one_thread_of_blas():
        assert blas_threads() == {1}
    assert blas_threads() == before


def test_without_threadpoolctl(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with one_thread_of_blas():
        pass
