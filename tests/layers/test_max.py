import numpy as np
import pytest

from nnmods.layers.table import Max
from nnmods.testing import check_module

nan = np.nan


def test_table_of_two():
    x = [np.array([1.0, 5.0, 2.0]), np.array([4.0, 3.0, 2.0])]
    largest = Max()
    np.testing.assert_array_equal(largest(x), [4, 5, 2])
    first, second = largest.backward(x, np.array([10.0, 20.0, 30.0]))
    np.testing.assert_array_equal(first, [0, 20, 0])  # x[0] only where it is larger
    np.testing.assert_array_equal(second, [10, 0, 30])


def test_table_of_three_with_ties():
    x = [np.array([7.0, 7.0, 7.0, 1.0]), np.array([7.0, 7.0, 0.0, 2.0])]
    x.append(np.array([7.0, 3.0, 7.0, 0.0]))
    dC_dx = Max().backward(x, np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(dC_dx, [[0, 0, 0, 0], [0, 2, 0, 4], [1, 0, 3, 0]])


def test_table_with_nan_and_infinite_gradient():
    x = [np.array([nan, 1.0, 1.0]), np.array([2.0, nan, 0.0])]
    largest = Max()
    np.testing.assert_array_equal(largest(x), [nan, nan, 1])
    first, second = largest.backward(x, np.array([np.inf, 5.0, nan]))
    np.testing.assert_array_equal(first, [np.inf, 0, nan])
    np.testing.assert_array_equal(second, [0, 5, 0])


def test_along_an_axis():
    x = np.array([[[1.0, 9.0], [4.0, 2.0], [3.0, 9.0]]])  # (1, 3, 2)
    largest = Max(1)
    np.testing.assert_array_equal(largest(x), [[4, 9]])
    dC_dx = largest.backward(x, np.array([[10.0, 20.0]]))
    np.testing.assert_array_equal(dC_dx, [[[0, 20], [10, 0], [0, 0]]])  # first of a tie
    np.testing.assert_array_equal(largest.jvp(x, 100 * x), [[400, 900]])


def test_the_batch_axis_counts():
    x = np.array([[1.0, 5.0], [4.0, 2.0]])
    np.testing.assert_array_equal(Max(0)(x), [4, 5])
    np.testing.assert_array_equal(Max(-1)(x), [5, 4])


def test_axis_within_a_sample():
    x = np.array([[1.0, 5.0], [4.0, 2.0]])
    np.testing.assert_array_equal(Max(0, num_input_dims=1)(x), [5, 4])
    np.testing.assert_array_equal(Max(0, num_input_dims=2)(x), [4, 5])


def test_a_single_axis_leaves_one_entry():
    x, largest = np.array([1.0, 3.0, 3.0]), Max(0)
    np.testing.assert_array_equal(largest(x), [3])
    np.testing.assert_array_equal(largest.backward(x, np.array([7.0])), [0, 7, 0])


def test_along_an_axis_with_nan():
    x, largest = np.array([[1.0, nan, nan], [2.0, 1.0, 0.0]]), Max(1)
    np.testing.assert_array_equal(largest(x), [nan, 2])
    dC_dx = largest.backward(x, np.array([np.inf, 5.0]))
    np.testing.assert_array_equal(dC_dx, [[0, np.inf, 0], [5, 0, 0]])


def test_backward_is_of_its_own_x():
    largest = Max(1)
    largest.forward(np.array([[1.0, 2.0]]))
    dC_dx = largest.backward(np.array([[2.0, 1.0]]), np.array([5.0]))
    np.testing.assert_array_equal(dC_dx, [[5, 0]])


def test_integers():
    x = np.array([[1, 7], [3, 2]])
    assert Max(1)(x).dtype == np.float64
    np.testing.assert_array_equal(Max()([x[0], x[1]]), [3, 7])


def test_tables_of_other_lengths():
    largest = Max()
    for n in (2, 3, 1):
        x = [np.full(2, float(i)) for i in range(n)]
        dC_dx = largest.backward(x, np.ones(2))
        assert [g.sum() for g in dC_dx] == [0] * (n - 1) + [2]


def test_errors():
    with pytest.raises(
        ValueError, match=r"Max\(2\): x has shape \(3, 2\), expected an"
    ):
        Max(2).forward(np.ones((3, 2)))
    with pytest.raises(
        ValueError, match=r"x has shape \(3, 0\), expected an axis 1 of"
    ):
        Max(1).forward(np.ones((3, 0)))
    with pytest.raises(ValueError, match=r"Max\(\): x has 0 entries"):
        Max().forward([])
    with pytest.raises(TypeError, match=r"Max\(0\): x is a table of 1"):
        Max(0).forward([np.ones(2)])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(3,\)"):
        Max(1).backward(np.ones((3, 2)), np.ones(2))


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_contract_along_axes_of_many(axis, rng):
    x = rng.permutation(120).reshape(3, 4, 2, 5) / 10
    check_module(Max(axis), x, single=False)


def test_repr():
    assert [repr(Max()), repr(Max(-1))] == ["Max()", "Max(-1)"]
    assert repr(Max(0, 2)) == "Max(0, num_input_dims=2)"


def test_of_an_array_without_an_axis_it_is_torch7s():
    x, top = np.array([[1.0, 5.0], [3.0, 3.0]]), Max()
    np.testing.assert_array_equal(top(x), [3, 5])
    dC_dx = top.backward(x, np.array([10.0, 20.0]))
    np.testing.assert_array_equal(dC_dx, [[0, 20], [10, 0]])
    np.testing.assert_array_equal(top([x[0], x[1]]), [3, 5])
    dC_dx = top.backward([x[0], x[1]], np.array([10.0, 20.0]))
    np.testing.assert_array_equal(dC_dx, [[0, 20], [10, 0]])
    np.testing.assert_array_equal(top.jvp(x, x), [3, 5])
