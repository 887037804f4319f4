import math

import numpy as np
import pytest

from nnmods.activations import SoftPlus


def test_values():
    y = SoftPlus()(np.log([1.0, 3.0, 7.0]))
    np.testing.assert_allclose(y, np.log([2.0, 4.0, 8.0]), rtol=1e-15)


def test_beta_scales_both_axes():
    y = SoftPlus(beta=4.0)(np.log([3.0]) / 4)
    np.testing.assert_allclose(y, np.log([4.0]) / 4, rtol=1e-15)


def test_linear_above_20_over_beta():
    y = SoftPlus(beta=2.0)(np.array([9.99, 10.01, 1000.0]))
    assert y[0] == pytest.approx(9.99 + math.log1p(math.exp(-19.98)) / 2, rel=1e-15)
    assert y[0] > 9.99
    np.testing.assert_array_equal(y[1:], [10.01, 1000])


def test_just_above_20_y_is_x_to_the_last_bit():
    x = np.nextafter([20.0], 21)
    np.testing.assert_array_equal(SoftPlus()(x), x)
    np.testing.assert_allclose(SoftPlus()(np.array([20.0])), 20 + math.exp(-20))


def test_derivative_is_1_on_the_linear_part_alone():
    x = np.array([19.99, 20.01])
    dC_dx = SoftPlus().backward(x, np.ones(2))
    assert 1 - 2.2e-9 < dC_dx[0] < 1 - 2e-9  # 1 - exp(-20) is 1 - 2.06e-9
    assert dC_dx[1] == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    x = np.array([-np.inf, -1e30, 1e30, np.inf], dtype)
    np.testing.assert_array_equal(SoftPlus()(x), np.maximum(x, 0))


def test_left_tail_is_the_exponential_in_value_and_derivative():
    x = np.array([-50.0, -300.0])
    module = SoftPlus()
    np.testing.assert_allclose(module.forward(x), np.exp(x), rtol=1e-14)
    np.testing.assert_allclose(module.backward(x, np.ones(2)), np.exp(x), rtol=1e-14)


def test_numpy_beta_leaves_float32_alone():
    module = SoftPlus(np.float64(2))
    assert module.forward(np.ones(2, np.float32)).dtype == np.float32


def test_repr():
    assert repr(SoftPlus()) == "SoftPlus()"
    assert repr(SoftPlus(2)) == "SoftPlus(beta=2.0)"
    assert repr(SoftPlus(None)) == "SoftPlus()"  # Torch7's nil


@pytest.mark.parametrize("beta", [0, -1.0, np.inf, np.nan])
def test_beta_is_positive(beta):
    with pytest.raises(ValueError, match=r"beta is .*, expected 0 < beta < inf"):
        SoftPlus(beta)


def test_beta_is_a_number():
    with pytest.raises(TypeError, match="beta has type list, expected a real number"):
        SoftPlus([1.0])
