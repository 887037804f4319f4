import math

import numpy as np
import pytest

import nnmods as nn

LOG3 = math.log(3)
#: Of each class the gate at log 3 and at -log 3, and its derivative there.
GATES = {
    nn.GatedLinearUnit: ((0.75, 0.25), (3 / 16, 3 / 16)),
    nn.SwiGLU: (
        (0.75 * LOG3, -0.25 * LOG3),
        (0.75 * (1 + 0.25 * LOG3), 0.25 * (1 - 0.75 * LOG3)),
    ),
    nn.ReGLU: ((LOG3, 0), (1, 0)),
}
ALL = pytest.mark.parametrize("cls", [*GATES, nn.GEGLU])


@pytest.mark.parametrize("cls", GATES)
def test_the_second_half_is_the_gate(cls):
    gate, slope = np.array(GATES[cls])
    a, dC_dy = np.array([2.0, -4.0]), np.array([3.0, 5.0])
    module, x = cls(), np.concatenate([a, [LOG3, -LOG3]])
    np.testing.assert_allclose(module.forward(x), a * gate, rtol=1e-14)
    wanted = np.concatenate([gate * dC_dy, a * slope * dC_dy])
    np.testing.assert_allclose(module.backward(x, dC_dy), wanted, rtol=1e-14)


def test_geglu_is_gelu_of_the_second_half(rng):
    a, b = rng.standard_normal((2, 5, 3))
    x, gelu = np.concatenate([a, b], axis=1), nn.GELU()
    np.testing.assert_allclose(nn.GEGLU()(x), a * gelu(b), rtol=1e-14)


@ALL
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_any_axis(cls, axis, rng):
    x = rng.standard_normal((4, 6, 2))
    a, b = np.split(x, 2, axis)
    last = np.concatenate([np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)], -1)
    wanted = np.moveaxis(cls()(last), -1, axis)
    module = cls(axis)
    np.testing.assert_allclose(module.forward(x), wanted, rtol=1e-14)
    assert module.backward(x, wanted).shape == x.shape


@ALL
def test_extremes_are_the_limits(cls):
    x = np.array([[2.0, -np.inf], [2.0, -1e30], [2.0, 1e30], [np.nan, 1.0]], np.float32)
    module = cls()
    y = module.forward(x)
    high = 2.0 if cls is nn.GatedLinearUnit else np.float32(2e30)
    np.testing.assert_array_equal(y, np.float32([[0], [0], [high], [np.nan]]))
    dC_dx = module.backward(x, np.ones((4, 1), np.float32))
    high = (1.0, 0.0) if cls is nn.GatedLinearUnit else (np.float32(1e30), 2.0)
    np.testing.assert_array_equal(dC_dx[:3], [[0, 0], [0, 0], high])


@ALL
def test_integers(cls):
    x = np.array([[3, 100, 5, 0]], np.uint8)
    y = cls()(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, cls()(x.astype(np.float64)))


@ALL
def test_arguments_are_checked(cls):
    name = cls.__name__
    text = rf"{name}\(\): x has length 5 along axis 1, expected an even one"
    with pytest.raises(ValueError, match=text):
        cls().forward(np.zeros((3, 5)))
    with pytest.raises(ValueError, match=r"x has shape \(4,\), expected an axis 1"):
        cls(1).forward(np.zeros(4))
    with pytest.raises(ValueError, match=r"x has shape \(\), expected an axis -1"):
        cls().forward(np.zeros(()))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(4,\), expected \(2,\)"):
        cls().backward(np.zeros(4), np.zeros(4))
    with pytest.raises(
        TypeError, match=f"{name}: axis has type float, expected int or"
    ):
        cls(1.0)
    assert repr(cls()) == f"{name}()" and repr(cls(1)) == f"{name}(axis=1)"
