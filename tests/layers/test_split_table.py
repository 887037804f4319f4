import numpy as np
import pytest

from nnmods.layers.table import JoinTable, SplitTable

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    "axis, dims, place", [(0, 0, 0), (1, 0, 1), (-1, 0, 2), (1, 2, 2), (-1, 2, 2)]
)
def test_slices_along_the_axis(axis, dims, place):
    split = SplitTable(axis, dims)
    y = split.forward(X)
    assert len(y) == X.shape[place]
    for i, part in enumerate(y):
        np.testing.assert_array_equal(part, np.take(X, i, place))
        assert np.shares_memory(part, X)
    np.testing.assert_array_equal(split.backward(X, [2 * part for part in y]), 2 * X)


def test_a_sample_alone_is_split_along_the_axis_itself():
    assert len(SplitTable(0, num_input_dims=2).forward(X[0])) == 3
    assert len(SplitTable(0, num_input_dims=2).forward(X)) == 3


def test_a_vector_becomes_numbers_and_back():
    """Torch7 fails on the way back."""
    split, x = SplitTable(0, 1), np.array([3.0, 4.0])
    y = split.forward(x)
    assert [part.shape for part in y] == [(), ()] and y[1] == 4
    dC_dy = [np.array(10.0), np.array(20.0)]
    np.testing.assert_array_equal(split.backward(x, dC_dy), [10, 20])


def test_none_is_no_number_of_axes():
    assert SplitTable(0, None).num_input_dims == 0
    assert JoinTable(0, None).num_input_dims == 0


def test_an_axis_of_length_0():
    split, x = SplitTable(1), np.ones((2, 0, 3))
    assert split.forward(x) == []
    assert split.backward(x, []).shape == (2, 0, 3)


def test_errors():
    split = SplitTable(2)
    with pytest.raises(
        ValueError, match=r"SplitTable\(2\): x has shape \(2, 2\), expec"
    ):
        split.forward(np.ones((2, 2)))
    with pytest.raises(TypeError, match="x is a table of 2, expected an array"):
        split.forward([X, X])
    with pytest.raises(ValueError, match="dC_dy has 3 entries, expected 4"):
        split.backward(X, [np.ones((2, 3))] * 3)
    with pytest.raises(
        ValueError, match=r"dC_dy\[0\] has shape \(3, 2\), expected \(2,"
    ):
        split.backward(X, [np.ones((3, 2))] * 4)


def test_repr():
    assert repr(SplitTable(-1)) == "SplitTable(-1)"
    assert repr(SplitTable(0, 3)) == "SplitTable(0, num_input_dims=3)"
