"""Min, Sum and Mean; Max, which is also a table's, has tests of its own."""

import numpy as np
import pytest

from nnmods.layers.reduction import Mean, Min, Sum
from nnmods.layers.table import Max

nan = np.nan
x = np.array([[1.0, 5.0, 3.0], [4.0, 2.0, 6.0]])


@pytest.mark.parametrize(
    "module, wanted",
    [
        (Min(), [1, 2, 3]),
        (Min(1), [1, 2]),
        (Min(-2), [1, 2, 3]),
        (Min(0, 1), [1, 2]),
        (Min(0, 2), [1, 2, 3]),
        (Min(None, None), [1, 2, 3]),
        (Sum(), [5, 7, 9]),
        (Sum(1), [9, 12]),
        (Sum(-1, size_average=True), [3, 4]),
        (Sum(1, None, False, False), [[9], [12]]),
        (Sum(0, 1), [9, 12]),
        (Sum(0, 2, True, None), [2.5, 3.5, 4.5]),
        (Mean(), [2.5, 3.5, 4.5]),
        (Mean(1), [3, 4]),
        (Mean(0, 1), [3, 4]),
    ],
    ids=repr,
)
def test_values(module, wanted):
    np.testing.assert_array_equal(module(x), wanted)


def test_gradient_of_the_smallest_goes_to_the_first_of_a_tie():
    tie, smallest = np.array([[3.0, 1.0, 1.0], [2.0, 2.0, 2.0]]), Min(1)
    dC_dx = smallest.backward(tie, np.array([10.0, 20.0]))
    np.testing.assert_array_equal(dC_dx, [[0, 10, 0], [20, 0, 0]])
    np.testing.assert_array_equal(smallest.jvp(tie, tie * 5), [5, 10])
    dC_dx = Min(0).backward(tie.T, np.array([10.0, 20.0]))
    np.testing.assert_array_equal(dC_dx, [[0, 20], [10, 0], [0, 0]])


def test_the_smallest_of_nan():
    values, smallest = np.array([[1.0, nan, nan], [2.0, 1.0, np.inf]]), Min(1)
    np.testing.assert_array_equal(smallest(values), [nan, 1])
    dC_dx = smallest.backward(values, np.array([np.inf, 5.0]))
    np.testing.assert_array_equal(dC_dx, [[0, np.inf, 0], [0, 5, 0]])


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("squeeze", [False, True])
def test_gradient_of_the_sum_is_repeated(average, squeeze):
    total = Sum(1, size_average=average, squeeze=squeeze)
    dC_dy = np.array([6.0, 12.0])
    dC_dx = total.backward(x, dC_dy if squeeze else dC_dy[:, None])
    wanted = np.array([[2.0] * 3, [4.0] * 3]) * (1 if average else 3)
    np.testing.assert_array_equal(dC_dx, wanted)
    assert dC_dx.flags.writeable and dC_dx.strides[1]  # no view that repeats


@pytest.mark.parametrize("module", [Max(0), Min(), Sum(), Sum(squeeze=False), Mean()])
def test_a_single_axis_leaves_one_entry(module):
    y = module.forward(np.array([2.0, 2.0]))
    np.testing.assert_array_equal(y, [4] if isinstance(module, Sum) else [2])
    assert module.backward(np.array([2.0, 2.0]), np.ones(1)).shape == (2,)


def test_integers_are_summed_in_the_dtype_of_the_module():
    big = np.full((3, 2), 100, np.int8)
    np.testing.assert_array_equal(Sum()(big), [300, 300])
    np.testing.assert_array_equal(Mean(1)(np.array([[1, 2]])), [1.5])
    assert Min().float()(big).dtype == np.float32


def test_a_sum_of_nothing_is_0_and_a_mean_is_refused():
    nothing = np.ones((0, 3))
    np.testing.assert_array_equal(Sum()(nothing), np.zeros(3))
    assert Mean(1)(nothing).shape == (0,)
    for module in (Mean(), Min(), Sum(0, None, True)):
        with pytest.raises(ValueError, match=r"expected an axis 0 of length 1 or more"):
            module.forward(nothing)


@pytest.mark.parametrize("make", [Min, Sum, Mean])
def test_errors(make):
    with pytest.raises(
        ValueError, match=r"\(2\): x has shape \(2, 3\), expected an ax"
    ):
        make(2).forward(x)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(2,\)"):
        make(1).backward(x, np.ones(3))
    with pytest.raises(TypeError):
        make(0.5)


def test_squeeze_is_a_truth_value():
    with pytest.raises(TypeError, match="Sum: squeeze is 1, expected True or False"):
        Sum(0, 0, False, 1)


def test_repr():
    assert [repr(Min()), repr(Mean(1)), repr(Sum(-1))] == ["Min(0)", "Mean(1)"] + [
        "Sum(-1)"
    ]
    total = "Sum(0, num_input_dims=2, size_average=True, squeeze=False)"
    assert repr(Sum(0, 2, True, False)) == total
