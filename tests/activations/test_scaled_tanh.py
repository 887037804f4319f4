import math

import numpy as np
import pytest

from nnmods.activations import ScaledTanh


def test_default_constants_map_one_to_one():
    y = ScaledTanh()(np.array([-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(y, [-1, 0, 1], atol=1e-4)


def test_values_with_twist():
    y = ScaledTanh(2.0, 0.5, twist=0.25)(np.array([-2.0, 3.0]))
    wanted = [2 * math.tanh(-1) - 0.5, 2 * math.tanh(1.5) + 0.75]
    np.testing.assert_allclose(y, wanted, rtol=1e-15)


def test_derivative_at_zero_is_the_product_of_the_constants_and_the_twist():
    dC_dx = ScaledTanh(2.0, 0.5, twist=0.25).backward(np.zeros(1), np.ones(1))
    assert dC_dx == 2 * 0.5 + 0.25


def test_derivative_keeps_the_tanh_beside_a_large_twist():
    dC_dx = ScaledTanh(1.0, 1.0, twist=1e15).backward(np.ones(1), np.ones(1))
    assert dC_dx == 1e15 + 1 / math.cosh(1) ** 2


def test_scale_may_be_zero():
    assert ScaledTanh(0.0)(np.ones(1)) == 0


def test_numpy_constants_leave_float32_alone():
    module = ScaledTanh(np.float64(2), np.float64(1), np.float64(0.5))
    assert module.forward(np.ones(2, np.float32)).dtype == np.float32


def test_repr():
    assert repr(ScaledTanh()) == "ScaledTanh()"
    assert repr(ScaledTanh(1, 2 / 3, 0.5)) == "ScaledTanh(scale=1.0, twist=0.5)"
    assert repr(ScaledTanh(slope=1)) == "ScaledTanh(slope=1.0)"


def test_constants_are_numbers():
    with pytest.raises(TypeError, match="^ScaledTanh: slope has type str, expected a"):
        ScaledTanh(slope="1")
