import numpy as np
import pytest

from nnmods.layers.table import JoinTable
from nnmods.testing import check_module


@pytest.mark.parametrize("axis, dims", [(1, 0), (-1, 0), (0, 1)])
def test_columns(axis, dims):
    x = [np.array([[1.0, 2.0], [5.0, 6.0]]), np.array([[3.0], [7.0]])]
    join = JoinTable(axis, dims)
    y = join.forward(x)
    np.testing.assert_array_equal(y, [[1, 2, 3], [5, 6, 7]])
    first, second = join.backward(x, 10 * y)
    np.testing.assert_array_equal(first, [[10, 20], [50, 60]])
    np.testing.assert_array_equal(second, [[30], [70]])


def test_samples_alone_are_joined_along_the_axis_itself():
    x = [np.array([1.0, 2.0]), np.array([3.0])]
    np.testing.assert_array_equal(JoinTable(0, num_input_dims=1)(x), [1, 2, 3])


def test_one_entry_and_empty_entries():
    x = [np.ones((2, 0)), np.ones((2, 3))]
    join = JoinTable(1)
    assert join.forward(x).shape == (2, 3)
    assert [g.shape for g in join.backward(x, np.ones((2, 3)))] == [(2, 0), (2, 3)]
    assert join.forward(x[:1]).shape == (2, 0)


def test_mixed_dtypes_are_promoted():
    x = [np.ones(2, np.float32), np.full(2, 1 + 1e-12), np.array([7])]
    y = JoinTable(0)(x)
    assert y.dtype == np.float64 and list(y) == [1, 1, 1 + 1e-12, 1 + 1e-12, 7]


def test_errors():
    join = JoinTable(1)
    with pytest.raises(ValueError, match=r"JoinTable\(1\): x has 0 entries, expected"):
        join.forward([])
    with pytest.raises(
        ValueError, match=r"x\[0\] has shape \(2,\), expected an axis 1"
    ):
        join.forward([np.ones(2)])
    with pytest.raises(
        ValueError, match=r"x\[1\] has shape \(3, 2\), expected \(2, \*"
    ):
        join.forward([np.ones((2, 2)), np.ones((3, 2))])
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(2, 3\), expected \(2, 4\)"
    ):
        join.backward([np.ones((2, 2))] * 2, np.ones((2, 3)))
    with pytest.raises(TypeError, match="expected a table"):
        join.forward(np.ones((2, 2)))


def test_contract_within_samples(rng):
    shapes = [(3, 1, 2), (3, 4, 2)]
    check_module(JoinTable(0, 2), [rng.standard_normal(shape) for shape in shapes])


def test_repr():
    assert repr(JoinTable(-1)) == "JoinTable(-1)"
    assert repr(JoinTable(0, 3)) == "JoinTable(0, num_input_dims=3)"
