"""Abs, Exp, Log, Square, Sqrt and Power, and what they give where they end."""

import math

import numpy as np
import pytest

import nnmods as nn

INF, NAN = np.inf, np.nan


def both(module, x):
    """Return y, and dC_dx for a dC_dy of ones."""
    x = np.array(x, np.float64)
    return module(x), module.backward(x, np.ones_like(x)).copy()


@pytest.mark.parametrize(
    "module, x, y, slope",
    [
        (nn.Abs(), [-2, -0.0, 0, 3], [2, 0, 0, 3], [-1, 1, 1, 1]),
        (nn.Exp(), [0, 1, 800], [1, math.e, INF], [1, math.e, INF]),
        (nn.Log(), [2, 0, -4], [math.log(2), -INF, NAN], [0.5, INF, -0.25]),
        (nn.Square(), [-3, 0, 1e200], [9, 0, INF], [-6, 0, 2e200]),
        (nn.Sqrt(), [9, 0, -1, INF], [3, 0, NAN, INF], [1 / 6, 0, NAN, 0]),
        (nn.Sqrt(0.001), [9, 0], [3, 0], [1 / 6, 0]),
        (nn.Power(2), [-3, 0], [9, 0], [-6, 0]),
        (nn.Power(1), [-3, 0], [-3, 0], [1, 1]),
        (nn.Power(0), [-3, 0], [1, 1], [0, 0]),
        (nn.Power(0.5), [4, 0, -1], [2, 0, NAN], [0.25, INF, NAN]),
        (nn.Power(-1), [2, 0], [0.5, INF], [-0.25, -INF]),
    ],
)
def test_values_and_slopes(module, x, y, slope):
    got = both(module, x)
    np.testing.assert_allclose(got[0], y, rtol=1e-15)
    np.testing.assert_allclose(got[1], slope, rtol=1e-15)


def test_pow_is_demanded_and_a_number():
    with pytest.raises(TypeError):
        nn.Power()
    with pytest.raises(
        TypeError, match="Power: pow has type NoneType, expected a real"
    ):
        nn.Power(None)


def test_numpy_numbers_leave_float32_alone():
    x = np.ones(2, np.float32)
    for module in (nn.Power(np.float64(2)), nn.Sqrt(np.float64(1))):
        assert module.forward(x).dtype == np.float32


def test_repr():
    assert repr(nn.Power(2)) == "Power(2.0)"
    assert repr(nn.Sqrt()) == "Sqrt()"
    assert repr(nn.Sqrt(0.5)) == "Sqrt(eps=0.5)"
