"""Second derivatives of elementwise activations: by hand, in the tails, far out."""

import math

import numpy as np
import pytest

import nnmods as nn
from activations.test_elementwise_activations import MAKERS, QUIET

LOG3, HALF = math.log(3), math.atanh(0.5)
#: Of each function an x and f''(x).
VALUES = {
    "CELU": (lambda: nn.CELU(0.5), [-math.log(2) / 2, 3], [1, 0]),
    "ELU": (lambda: nn.ELU(0.3), [-math.log(2), 3], [0.15, 0]),
    "Exp": (nn.Exp, [math.log(2)], [2]),
    "GELU": (nn.GELU, [0, math.sqrt(2)], [math.sqrt(2 / math.pi), 0]),
    "GELU tanh": (lambda: nn.GELU("tanh"), [0], [math.sqrt(2 / math.pi)]),
    "Hardswish": (nn.Hardswish, [-4, 1, 4], [0, 1 / 3, 0]),
    "Log": (nn.Log, [2], [-1 / 4]),
    "LogSigmoid": (nn.LogSigmoid, [LOG3], [-3 / 16]),
    "Mish": (nn.Mish, [0], [16 / 25]),
    "Power": (lambda: nn.Power(3), [2, -2], [12, -12]),
    "Power -1": (lambda: nn.Power(-1), [2], [1 / 4]),
    "Power 1": (lambda: nn.Power(1), [0, 2], [0, 0]),
    "SELU": (nn.SELU, [-math.log(2)], [nn.SELU.scale * nn.SELU.alpha / 2]),
    "ScaledTanh": (nn.ScaledTanh, [1.5 * HALF], [-2 * 1.7159 * 4 / 9 * 3 / 8]),
    "SiLU": (nn.SiLU, [0, LOG3], [1 / 2, 3 / 16 * (2 - LOG3 / 2)]),
    "Sigmoid": (nn.Sigmoid, [LOG3, -LOG3], [-3 / 32, 3 / 32]),
    "SoftPlus": (lambda: nn.SoftPlus(2.0), [LOG3 / 2, 10.1], [3 / 8, 0]),
    "SoftSign": (nn.SoftSign, [-1, 0, 3], [1 / 4, 0, -1 / 32]),
    "Sqrt": (nn.Sqrt, [0, 4], [0, -1 / 32]),
    "Square": (nn.Square, [5], [2]),
    "Tanh": (nn.Tanh, [HALF, -HALF], [-3 / 4, 3 / 4]),
    "TanhShrink": (nn.TanhShrink, [HALF], [3 / 4]),
}
#: Of each one an x far out, and f'' there to the last bit but a few.
TAILS = {
    "GELU": (nn.GELU, -9, -79 * math.exp(-40.5) / math.sqrt(2 * math.pi)),
    "LogSigmoid": (nn.LogSigmoid, 40, -math.exp(-40)),
    "Mish": (nn.Mish, -40, -38 * math.exp(-40)),
    "SiLU": (nn.SiLU, -40, -38 * math.exp(-40)),
    "SiLU above": (nn.SiLU, 40, -38 * math.exp(-40)),
    "Sigmoid": (nn.Sigmoid, -40, math.exp(-40)),
    "SoftPlus": (nn.SoftPlus, -40, math.exp(-40)),
    "SoftSign": (nn.SoftSign, -9, 2e-3),
}


def curvature(module, x):
    module.forward(x)
    return module.hvp(x, np.ones_like(x), np.ones_like(x))


@pytest.mark.parametrize("make, x, wanted", VALUES.values(), ids=VALUES)
def test_second_derivatives_by_hand(make, x, wanted):
    x, wanted, module = np.array(x, float), np.array(wanted, float), make()
    module.forward(x)
    got = module.hvp(x, np.full_like(x, 2), np.full_like(x, 3))
    np.testing.assert_allclose(got, 6 * wanted, rtol=1e-13, atol=1e-15)
    h, slope = np.full_like(x, 5), module.backward(x, np.ones_like(x)).copy()
    got = module.backward_diag_hessian(x, h, np.full_like(x, 2))
    wanted = 5 * slope**2 + 2 * wanted
    np.testing.assert_allclose(got, wanted, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("make, x, wanted", TAILS.values(), ids=TAILS)
def test_tails_keep_their_accuracy(make, x, wanted):
    got = curvature(make(), np.array([x], float))
    np.testing.assert_allclose(got, wanted, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_far_out_the_curve_is_straight(make, dtype):
    x = np.array([-np.inf, -1e30, 1e30, np.inf, np.nan], dtype)
    module = make()
    if not module.curved or isinstance(module, nn.PReLU):
        assert curvature(module, x) is None
        return
    got = curvature(module, x)
    assert got.dtype == dtype
    np.testing.assert_allclose(got[:4], 0, atol=1e-16)
    assert np.isnan(got[4])


@pytest.mark.parametrize("make", QUIET.values(), ids=QUIET)
def test_what_leaves_the_numbers_does_so_quietly(make):
    x = np.array([-np.inf, -1e30, -1, -0.0, 1e-300, 1e300, np.inf, np.nan])
    module, ones = make(), np.ones_like(x)
    assert curvature(module, x).shape == x.shape
    assert module.backward_diag_hessian(x, ones, ones).shape == x.shape


def test_second_derivatives_of_integers():
    x, ones = np.array([[0, 3], [255, 1]], np.uint8), np.ones((2, 2))
    for make in (nn.GELU, nn.Mish, nn.SoftMax, nn.SoftMin, nn.LogSoftMax, nn.SwiGLU):
        module, other = make(), make()
        y = module.forward(x)
        d = np.arange(1.0, 1 + y.size).reshape(y.shape)
        for verb, arguments in (("hvp", (d, ones)), ("backward_diag_hessian", (d, d))):
            got = getattr(module, verb)(x, *arguments)
            wanted = getattr(other, verb)(x.astype(float), *arguments)
            np.testing.assert_array_equal(got, wanted)
