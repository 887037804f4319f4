"""Scratch memory: taken in turn, given back, allocated once."""

import threading

import numpy as np
import pytest
from memory import taken, taken_again

from nnmods.kernels import scratch as scratch_memory
from nnmods.kernels.scratch import scratch


def test_arrays_of_a_block_share_no_memory_and_start_on_cache_lines():
    for _ in range(2):  # the second time from memory that is there
        with scratch() as work:
            arrays = [work(i, (i + 1, 3), np.float32) for i in range(5)]
            for i, array in enumerate(arrays):
                array[...] = i
            assert all((array == i).all() for i, array in enumerate(arrays))
            assert work(3, (4, 3), np.float32) is arrays[3]
    assert all(array.ctypes.data % 64 == 0 for array in arrays)


def test_the_next_block_takes_the_same_memory():
    def call():
        with scratch() as work:
            work("a", (1 << 18,), np.float64)

    assert taken_again(call) < 4096


@pytest.mark.parametrize("size", [1 << 10, 1 << 20, 5 << 20])
def test_memory_of_the_system_is_that_of_any_array(size):
    array = scratch_memory._pages(size)
    assert array.shape == (size,) and array.dtype == np.uint8
    array[:] = 7
    assert array.min() == 7


def test_what_a_first_call_holds_is_seen_by_the_tests():
    def call():
        with scratch() as work:
            work("a", (3 << 20,), np.uint8)
            work("b", (5 << 20,), np.uint8)

    scratch_memory._memory.block = np.empty(0, np.uint8)
    assert taken(call) >= 8 << 20
    assert taken_again(call) < 4096


def test_nested_blocks_take_what_is_free():
    for _ in range(2):
        with scratch() as outer:
            a = outer("a", (100,), np.float64, fill=1)
            with scratch() as inner:
                inner("a", (100,), np.float64, fill=2)
            b = outer("b", (100,), np.float64, fill=3)
            assert (a == 1).all() and (b == 3).all()


def test_a_block_left_by_an_error_gives_its_memory_back():
    def call():
        with pytest.raises(KeyError), scratch() as work:
            work("a", (1 << 18,), np.float64)
            raise KeyError

    call()
    assert taken_again(call) < 1 << 16


def test_threads_have_memory_of_their_own():
    with scratch() as work:
        mine = work("a", (1000,), np.float64, fill=1)

        def other():
            with scratch() as work:
                work("a", (1000,), np.float64, fill=2)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert (mine == 1).all()


def test_another_shape_or_dtype_is_another_array():
    with scratch() as work:
        a = work("a", (4,), np.float64)
        assert work("a", (5,), np.float64).shape == (5,)
        assert work("a", (4,), np.float32).dtype == np.float32
        assert a.dtype == np.float64
    with scratch() as work:
        assert work("a", (0, 3), np.float64).shape == (0, 3)
