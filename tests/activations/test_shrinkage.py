import math

import numpy as np
import pytest

import nnmods as nn


@pytest.mark.parametrize("lambd", [0.5, 0.25, 0.0])
def test_values_and_no_gradient_at_the_bounds(lambd):
    x = np.array([-2.0, -lambd, -lambd / 2, 0.0, lambd, lambd + 0.25])
    passes = np.array([1.0, 0, 0, 0, 0, 1])
    wanted = {
        nn.HardShrink: [-2, 0, 0, 0, 0, lambd + 0.25],
        nn.SoftShrink: [-2 + lambd, 0, 0, 0, 0, 0.25],
    }
    for cls, y in wanted.items():
        module = cls(lambd)
        np.testing.assert_array_equal(module.forward(x), y)
        np.testing.assert_array_equal(module.backward(x, 3 * np.ones(6)), 3 * passes)


def test_tanh_shrink():
    module, x = nn.TanhShrink(), np.array([-3.0, 0.0, 0.5])
    wanted = [-3 + math.tanh(3), 0, 0.5 - math.tanh(0.5)]
    np.testing.assert_allclose(module.forward(x), wanted, rtol=1e-14)
    # Torch7's nn.hessian has 2 at x = 0, where the slope of x - tanh(x) is 0.
    wanted = [math.tanh(3) ** 2, 0, math.tanh(0.5) ** 2]
    np.testing.assert_allclose(module.backward(x, np.ones(3)), wanted, rtol=1e-14)


@pytest.mark.parametrize("cls", [nn.HardShrink, nn.SoftShrink])
def test_lambd_is_checked_and_shown(cls):
    name = cls.__name__
    for wrong in (-0.1, np.inf, np.nan):
        text = f"{name}: lambd has value .*, expected 0 <= lambd < inf"
        with pytest.raises(ValueError, match=text):
            cls(wrong)
    with pytest.raises(TypeError, match=f"{name}: lambd has type str, expected a real"):
        cls("1")
    assert repr(cls()) == repr(cls(None)) == f"{name}()"
    assert repr(cls(1)) == f"{name}(lambd=1.0)"
