import math

import numpy as np

from nnmods.activations import Tanh


def test_values():
    x = np.array([-np.inf, -0.5, 0.0, 2.0, np.inf])
    wanted = [-1, math.tanh(-0.5), 0, math.tanh(2), 1]
    np.testing.assert_allclose(Tanh()(x), wanted, rtol=1e-15)


def test_derivative_is_one_over_cosh_squared():
    x = np.array([-3.0, 0.0, 1.5])
    dC_dx = Tanh().backward(x, np.array([1.0, 2.0, -1.0]))
    wanted = [1 / math.cosh(3) ** 2, 2, -1 / math.cosh(1.5) ** 2]
    np.testing.assert_allclose(dC_dx, wanted, rtol=1e-13)
