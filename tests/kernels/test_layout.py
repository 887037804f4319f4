import numpy as np
import pytest
from numpy.testing import assert_array_equal

import nnmods as nn
from kernels.arrays import LAYOUTS, in_layout
from nnmods.core.workspace import Workspace
from nnmods.kernels import copies
from nnmods.kernels.copies import turn
from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    empty_batch_last,
    padded,
    pairs,
    write_back,
)


def test_empty_batch_last_runs_channels_space_samples():
    x = empty_batch_last((5, 3, 2, 4), np.float32)
    assert x.shape == (5, 3, 2, 4)
    assert x.dtype == np.float32
    assert x.strides == (4, 2 * 4 * 5 * 4, 4 * 5 * 4, 5 * 4)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(5, 3, 4), (2, 3, 4, 5), (0, 3, 4), (2, 1, 2, 3, 4)])
def test_batch_last_is_contiguous_and_copies_only_where_needed(layout, shape, rng):
    x = in_layout(rng.standard_normal(shape), layout)
    rows = batch_last(x, Workspace(), "x")
    assert rows.flags.c_contiguous
    assert_array_equal(rows, np.moveaxis(x, 0, -1))
    if x.size:
        assert np.shares_memory(rows, x) == (layout == "batch-last")


@pytest.mark.parametrize("axes", [(0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2)])
@pytest.mark.parametrize("near", [1, 5000, 1 << 20])
@pytest.mark.parametrize("shape, threads", [((33, 3, 40, 35), 1), ((40, 70, 1, 50), 2)])
def test_large_copies_whatever_the_order_of_axes(
    shape, threads, near, axes, monkeypatch, rng
):
    """Images one after the other, in pieces of one entry, some, and all."""
    monkeypatch.setattr(copies, "NEAR", near)
    copies._pieces.cache_clear()
    x = rng.standard_normal([shape[axis] for axis in axes], np.float32)
    x = x.transpose(np.argsort(axes))
    assert x.shape == shape and x.size >= copies.FAR
    nn.set_num_threads(threads)
    try:
        assert_array_equal(
            batch_last(x, Workspace(), "x", float), np.moveaxis(x, 0, -1)
        )
        image = padded(x, (1, 2), Workspace(), "x")
        assert_array_equal(image[:, 1:-1, 2:-2], np.moveaxis(x, 0, -1))
    finally:
        nn.set_num_threads()
        copies._pieces.cache_clear()


@pytest.mark.parametrize("shape", [(1, 3, 4), (1, 2, 3, 4), (7, 1, 1), (3, 1, 1, 1)])
def test_axes_of_length_one_do_not_ask_for_a_copy(shape, rng):
    x = rng.standard_normal(shape)  # C order is batch-last order, up to length 1
    assert np.shares_memory(batch_last(x, Workspace(), "x"), x)


def test_batch_last_converts():
    x = empty_batch_last((2, 1, 3), np.float32)
    x[...] = np.arange(6).reshape(2, 1, 3)
    rows = batch_last(x, Workspace(), "x", np.dtype(np.float64))
    assert rows.dtype == np.float64
    assert_array_equal(rows, [[[0, 3], [1, 4], [2, 5]]])


def test_read_only_input_is_viewed(rng):
    x = in_layout(rng.standard_normal((2, 3, 4)), "batch-last")
    x.flags.writeable = False
    assert np.shares_memory(batch_last(x, Workspace(), "x"), x)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_computed_batch_last_arrives_in_out(layout, rng):
    out = in_layout(np.zeros((2, 3, 4)), layout)
    result = batch_last_out(out, Workspace(), "y")
    assert result.flags.c_contiguous
    values = rng.standard_normal((3, 4, 2))
    result[...] = values
    write_back(result, out)
    assert_array_equal(out, np.moveaxis(values, -1, 0))
    assert np.shares_memory(result, out) == (layout == "batch-last")


def test_pairs_takes_ints_and_pairs():
    assert pairs((2, (0, 1), np.int64(3))) == ((2, 2), (0, 1), (3, 3))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_padded_puts_a_border_around_the_image(layout, rng):
    x = rng.standard_normal((2, 3, 4, 5))
    image = padded(in_layout(x, layout), (1, (0, 2)), Workspace(), "x", -np.inf)
    border = ((0, 0), (0, 0), (1, 1), (0, 2))
    wanted = np.pad(x, border, constant_values=-np.inf)
    assert_array_equal(image, np.moveaxis(wanted, 0, -1))
    assert image.flags.c_contiguous


def test_padding_by_nothing_is_no_copy(rng):
    x = in_layout(rng.standard_normal((2, 3, 4)), "batch-last")
    assert np.shares_memory(padded(x, (0,), Workspace(), "x"), x)
    assert np.shares_memory(padded(x, ((0, 0),), Workspace(), "x"), x)


def test_borders_of_equal_total_size_do_not_mix():
    work = Workspace()
    padded(np.ones((1, 1, 6)), (1,), work, "x")
    image = padded(np.ones((1, 1, 5)), ((1, 2),), work, "x")
    assert_array_equal(image[0, :, 0], [0, 1, 1, 1, 1, 1, 0, 0])
    image = padded(np.ones((1, 1, 5)), ((1, 2),), work, "x", 7)
    assert_array_equal(image[0, :, 0], [7, 1, 1, 1, 1, 1, 7, 7])


@pytest.mark.parametrize("channels", [3, 40])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_turned_channels_are_the_last_axis(channels, dtype, rng):
    x = rng.standard_normal((channels, 6, 5, 4)).astype(dtype)[:, ::2]
    out = np.empty((3, 5, 4, channels), dtype)
    assert turn(x, out) is out
    assert_array_equal(out, np.moveaxis(x, 0, -1))
