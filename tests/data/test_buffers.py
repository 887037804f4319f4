"""Buffers: one memory, whatever shape is asked for."""

import copy
import pickle

import numpy as np
import pytest

from nnmods.data.buffers import Buffer


def test_memory_grows_and_is_kept():
    buffer = Buffer()
    small = buffer.shaped((2, 3), np.float32)
    large = buffer.shaped((4, 3), np.float32)
    assert not np.shares_memory(small, large)
    for shape in ((2, 3), (12,), (0, 3), (), (4, 3)):
        array = buffer.shaped(shape, np.float32)
        assert array.shape == shape and array.flags.c_contiguous
        assert array.size == 0 or array.ctypes.data == large.ctypes.data
    assert buffer.shaped((2,), np.float64).dtype == np.float64


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "u1", "?"])
def test_memory_order_is_that_of_another_array(axes, dtype):
    array = np.zeros((2, 3, 4), dtype).transpose(axes)
    like = Buffer().like(array)
    assert like.shape == array.shape and like.strides == array.strides
    assert like.dtype.isnative and like.dtype == array.dtype.newbyteorder("=")
    other = Buffer().like(array, (5, 6, 7))
    order = np.argsort(array.strides)
    assert other.shape == (5, 6, 7)
    np.testing.assert_array_equal(np.argsort(other.strides), order)


def test_strides_that_are_negative_or_0():
    array = np.broadcast_to(np.zeros((3, 1)), (3, 4))[::-1]
    like = Buffer().like(array)
    like[...] = np.arange(12).reshape(3, 4)
    assert like.flags.c_contiguous and like[2, 3] == 11


def test_copies_are_empty():
    buffer = Buffer()
    array = buffer.shaped((1000,), np.float64)
    for twin in (copy.deepcopy(buffer), pickle.loads(pickle.dumps(buffer))):
        assert not np.shares_memory(twin.shaped((1000,), np.float64), array)
    assert len(pickle.dumps(buffer)) < 200
