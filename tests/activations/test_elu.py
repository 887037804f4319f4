import math

import numpy as np
import pytest

import nnmods as nn

LOG2 = math.log(2)


def test_elu_has_the_slope_alpha_at_zero():
    module, x = nn.ELU(0.3), np.array([-LOG2, 0.0, 2.0])
    np.testing.assert_allclose(module.forward(x), [-0.15, 0, 2], rtol=1e-15)
    dC_dx = module.backward(x, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(dC_dx, [0.15, 0.6, 3], rtol=1e-15)


def test_elu_of_negative_alpha_has_the_slope_of_its_values():
    module, x = nn.ELU(-1), np.array([-LOG2, 1.0])
    np.testing.assert_allclose(module.forward(x), [0.5, 1], rtol=1e-15)
    np.testing.assert_allclose(module.backward(x, np.ones(2)), [-0.5, 1], rtol=1e-15)


def test_small_numbers_are_not_lost():
    x = np.array([-1e-20])
    np.testing.assert_allclose(nn.ELU()(x), x, rtol=1e-15)
    np.testing.assert_allclose(
        nn.ELU().backward(np.array([-50.0]), np.ones(1)), math.exp(-50)
    )


def test_celu_has_the_slope_one_at_zero():
    module, x = nn.CELU(0.5), np.array([-LOG2 / 2, 0.0, 2.0])
    np.testing.assert_allclose(module.forward(x), [-0.25, 0, 2], rtol=1e-15)
    np.testing.assert_allclose(module.backward(x, np.ones(3)), [0.5, 1, 1], rtol=1e-15)


def test_selu_keeps_mean_and_variance_of_normal_numbers():
    x = np.linspace(-12, 12, 100_001)
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    y = nn.SELU()(x)
    assert abs((y * density).sum()) < 1e-7
    assert abs((y * y * density).sum() - 1) < 1e-7


def test_alpha_is_checked_and_shown():
    with pytest.raises(
        ValueError, match="CELU: alpha has value 0.0, expected 0 < alpha"
    ):
        nn.CELU(0)
    with pytest.raises(
        TypeError, match="ELU: alpha has type str, expected a real number"
    ):
        nn.ELU("1")
    with pytest.raises(TypeError, match="ELU: inplace has type str, expected True or"):
        nn.ELU(1, "1")
    assert repr(nn.ELU()) == "ELU()" and repr(nn.ELU(0.3, True)) == "ELU(alpha=0.3)"
    assert repr(nn.CELU(2)) == "CELU(alpha=2.0)" and repr(nn.SELU()) == "SELU()"
