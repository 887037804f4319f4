import numpy as np
import pytest

from nnmods.criterions import SmoothL1Criterion

Y = np.array([0.5, -1.0, 1.0, 3.0, -5.0, 0.0])
COSTS = [0.125, 0.5, 0.5, 2.5, 4.5, 0.0]
SLOPES = np.array([0.5, -1, 1, 1, -1, 0])


def test_squared_below_1_and_absolute_above():
    cost, target = SmoothL1Criterion(False), np.full(6, 2.0)
    assert cost(Y + 2, target) == sum(COSTS)
    np.testing.assert_array_equal(cost.backward(Y + 2, target), SLOPES)
    mean = SmoothL1Criterion(None)
    assert mean(Y, 0 * Y) == pytest.approx(sum(COSTS) / 6, rel=1e-15)
    np.testing.assert_allclose(mean.backward(Y, 0 * Y), SLOPES / 6, rtol=1e-15)


def test_extremes():
    cost, zero = SmoothL1Criterion(False), np.zeros(3)
    y = np.array([1e300, -np.inf, 1e-200])
    assert cost(y[:1], zero[:1]) == 1e300 and cost(y, zero) == np.inf
    np.testing.assert_array_equal(cost.backward(y, zero), [1, -1, 1e-200])


def test_repr():
    assert repr(SmoothL1Criterion()) == "SmoothL1Criterion()"
    assert repr(SmoothL1Criterion(False)) == "SmoothL1Criterion(size_average=False)"
