"""Activations that PyTorch has too: the same values and gradients in float64."""

import numpy as np
import pytest

import nnmods as nn

torch = pytest.importorskip("torch")
F = torch.nn.functional


def halves(gate):
    """Return PyTorch's composition of a * gate(b)."""

    def glu(x):
        a, b = x.chunk(2, -1)
        return a * gate(b)

    return glu


PAIRS = {
    "CELU": (nn.CELU(0.5), lambda x: F.celu(x, 0.5)),
    "ELU": (nn.ELU(0.7), lambda x: F.elu(x, 0.7)),
    "GEGLU": (nn.GEGLU(), halves(F.gelu)),
    "GELU": (nn.GELU(), F.gelu),
    "GELU tanh": (nn.GELU("tanh"), lambda x: F.gelu(x, approximate="tanh")),
    "GatedLinearUnit": (nn.GatedLinearUnit(), F.glu),
    "HardShrink": (nn.HardShrink(), F.hardshrink),
    "HardSigmoid": (nn.HardSigmoid(), F.hardsigmoid),
    "Hardswish": (nn.Hardswish(), F.hardswish),
    "HardTanh": (nn.HardTanh(-2, 0.5), lambda x: F.hardtanh(x, -2, 0.5)),
    "LeakyReLU": (nn.LeakyReLU(0.2), lambda x: F.leaky_relu(x, 0.2)),
    "LogSigmoid": (nn.LogSigmoid(), F.logsigmoid),
    "Mish": (nn.Mish(), F.mish),
    "ReGLU": (nn.ReGLU(), halves(F.relu)),
    "ReLU6": (nn.ReLU6(), F.relu6),
    "SELU": (nn.SELU(), F.selu),
    "SiLU": (nn.SiLU(), F.silu),
    "SoftMin": (nn.SoftMin(), lambda x: F.softmin(x, 1)),
    "SoftShrink": (nn.SoftShrink(), F.softshrink),
    "SoftSign": (nn.SoftSign(), F.softsign),
    "SwiGLU": (nn.SwiGLU(), halves(F.silu)),
    "TanhShrink": (nn.TanhShrink(), F.tanhshrink),
    "Threshold": (nn.Threshold(0.5, -1), lambda x: F.threshold(x, 0.5, -1.0)),
}
#: PyTorch multiplies by a 1/6 of float32, in float64 too.
SINGLE = {"HardSigmoid": 5e-8}


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients(name, rng):
    module, function = PAIRS[name]
    rtol = SINGLE.get(name, 1e-12)
    x = np.concatenate([rng.uniform(-9, 9, (40, 6)), np.full((1, 6), -0.25)])
    other = torch.tensor(x, requires_grad=True)
    y = function(other)
    dC_dy = rng.standard_normal(y.shape)
    y.backward(torch.tensor(dC_dy))
    got = module.forward(x)
    np.testing.assert_allclose(got, y.detach().numpy(), rtol=rtol, atol=1e-14)
    got = module.backward(x, dC_dy)
    np.testing.assert_allclose(got, other.grad.numpy(), rtol=rtol, atol=1e-14)


def test_prelu(rng):
    x, weight = rng.standard_normal((4, 3, 2)), np.array([0.5, -2.0, 0.1])
    module = nn.PReLU(3)
    module.weight[...] = weight
    other, w = (torch.tensor(a, requires_grad=True) for a in (x, weight))
    y = F.prelu(other, w)
    dC_dy = rng.standard_normal(y.shape)
    y.backward(torch.tensor(dC_dy))
    np.testing.assert_allclose(module.forward(x), y.detach().numpy(), rtol=1e-14)
    got = module.backprop(x, dC_dy)
    np.testing.assert_allclose(got, other.grad.numpy(), rtol=1e-14)
    np.testing.assert_allclose(module.grad_weight, w.grad.numpy(), rtol=1e-13)
