"""What is done to arrays and nested tables alike."""

import numpy as np
from numpy.testing import assert_array_equal

from nnmods import utils


def table():
    return [np.arange(3.0), [np.ones((2, 2)), [], np.arange(2)]]


def test_type():
    got = utils.recursive_type(table(), np.float32)
    assert got[0].dtype == got[1][0].dtype == np.float32
    assert got[1][1] == []
    same = np.ones(2)
    assert utils.recursive_type(same, "float64") is same


def test_resize_and_copy_reuse_what_fits():
    x = table()
    buffer = utils.recursive_copy(None, x)
    assert_array_equal(buffer[1][0], x[1][0])
    assert not np.shares_memory(buffer[0], x[0])
    again = utils.recursive_copy(buffer, x)
    assert again[0] is buffer[0] and again[1][0] is buffer[1][0]
    other = utils.recursive_resize_as(buffer, [np.ones(3), [np.ones(5)]])
    assert other[0] is buffer[0] and other[1][0].shape == (5,)


def test_fill_and_add_in_place():
    x = utils.recursive_fill(table(), 2.0)
    assert utils.recursive_add(x, table(), 2) is x
    assert_array_equal(x[0], [2.0, 4.0, 6.0])
    assert_array_equal(x[1][0], np.full((2, 2), 4.0))


def test_views():
    x = np.arange(6.0)
    assert utils.add_singleton_dimension(x).shape == (1, 6)
    assert utils.add_singleton_dimension(x, -1).shape == (6, 1)
    assert np.shares_memory(utils.contiguous_view(x, 2, 3), x)
    turned = x.reshape(2, 3).T
    assert_array_equal(utils.contiguous_view(turned, 6), [0, 3, 1, 4, 2, 5])


def test_clear():
    class Holder:
        y, x = np.ones(2), 1

    holder = Holder()
    assert utils.clear(holder, "y", "missing") is holder
    assert holder.y is None and holder.x == 1 and not hasattr(holder, "missing")
