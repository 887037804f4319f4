import numpy as np
import pytest
from scipy.special import expit

from nnmods.activations import Sigmoid


def test_values():
    y = Sigmoid()(np.log([1 / 3, 1.0, 4.0]))  # odds 1:3, 1:1, 4:1
    np.testing.assert_allclose(y, [0.25, 0.5, 0.8], rtol=1e-15)


@pytest.mark.parametrize(
    "dtype, lowest, rtol", [(np.float64, -700, 1e-14), (np.float32, -85, 1e-6)]
)
def test_both_tails_are_accurate(dtype, lowest, rtol):
    x = np.linspace(lowest, -lowest, 4001, dtype=dtype)
    np.testing.assert_allclose(Sigmoid()(x), expit(x.astype(np.float64)), rtol=rtol)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    x = np.array([-np.inf, -1e30, -1000, 1000, 1e30, np.inf], dtype)
    np.testing.assert_array_equal(Sigmoid()(x), [0, 0, 0, 1, 1, 1])


def test_derivative():
    x = np.log([1 / 3, 1.0, 4.0])
    dC_dx = Sigmoid().backward(x, np.array([1.0, 2.0, -1.0]))
    np.testing.assert_allclose(dC_dx, [3 / 16, 1 / 2, -4 / 25], rtol=1e-14)
