import numpy as np
import pytest

from nnmods.criterions import HuberCriterion, SmoothL1Criterion

Y = np.array([0.5, -2.0, 2.0, 3.0, -5.0, 0.0])
COSTS = [0.125, 2.0, 2.0, 4.0, 8.0, 0.0]  # of delta = 2
SLOPES = np.array([0.5, -2, 2, 2, -2, 0])


def test_squared_below_delta_and_linear_above():
    cost, target = HuberCriterion(2, False), np.full(6, 7.0)
    assert cost(Y + 7, target) == sum(COSTS)
    np.testing.assert_array_equal(cost.backward(Y + 7, target), SLOPES)
    mean = HuberCriterion(2)
    assert mean(Y, 0 * Y) == pytest.approx(sum(COSTS) / 6, rel=1e-15)
    np.testing.assert_allclose(mean.backward(Y, 0 * Y), SLOPES / 6, 1e-15)


def test_delta_of_1_is_smooth_l1():
    cost, other = HuberCriterion(), SmoothL1Criterion()
    assert cost(Y, 0 * Y) == other(Y, 0 * Y)
    np.testing.assert_array_equal(cost.backward(Y, 0 * Y), other.backward(Y, 0 * Y))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    cost, zero = HuberCriterion(0.5, False), np.zeros(2, dtype)
    y = np.array([np.finfo(dtype).max, -np.inf], dtype)
    assert cost(y[:1], zero[:1]) == float(y[0] / 2) and cost(y, zero) == np.inf
    np.testing.assert_array_equal(cost.backward(y, zero), [0.5, -0.5])
    assert np.isnan(cost(y, y)) and np.isnan(cost.backward(y, y)[1])
    assert HuberCriterion(float(y[0]))(y[:1], zero[:1]) == np.inf


@pytest.mark.parametrize("delta", [0, -1.0, np.nan])
def test_delta_is_above_0(delta):
    text = rf"^HuberCriterion: delta is {delta}, expected a number above 0$"
    with pytest.raises(ValueError, match=text):
        HuberCriterion(delta)
    with pytest.raises(TypeError, match="delta has type str, expected a real number"):
        HuberCriterion("1")


def test_repr():
    assert repr(HuberCriterion(None, None)) == "HuberCriterion()"
    assert (
        repr(HuberCriterion(2, False)) == "HuberCriterion(delta=2, size_average=False)"
    )
