"""Every activation, forward and backward, on what a convolution would give it."""

import numpy as np
from harness.families import one_module
from harness.material import numbers

SHAPE = (64, 32, 28, 28)


def images():
    return numbers(*SHAPE)


def positive():
    return np.abs(images()) + np.float32(0.1)


def noise(contestant, results):
    """Say of random slopes what is known: their mean, and that dC_dx has them too."""
    x, dC_dy = (np.asarray(a) for a in (contestant.x.data, contestant.dC_dy))
    below = x < 0
    slopes = results["y"][below] / x[below]
    assert (slopes >= 1 / 8 - 1e-6).all() and (slopes <= 1 / 3 + 1e-6).all()
    error = results["dC_dx"][below] - slopes * dC_dy[below]
    assert np.abs(error).max() < 1e-5
    return {"mean slope": slopes.mean(), "above": results["y"][~below]}


#: Options of ours, and PyTorch's: None where it has neither class nor function.
PAIRS = {
    "Abs": ((), lambda t: t.abs),
    "AddConstant": ((0.5,), lambda t: lambda x: x + 0.5),
    "CELU": ((), lambda t: t.nn.CELU()),
    "CReLU": ((3,), None),
    "Clamp": ((-0.5, 0.5), lambda t: lambda x: t.clamp(x, -0.5, 0.5)),
    "Clip": ((-0.5, 0.5), None),
    "ELU": ((), lambda t: t.nn.ELU()),
    "Exp": ((), lambda t: t.exp),
    "GEGLU": ((1,), None),
    "GELU": ((), lambda t: t.nn.GELU()),
    "GELU tanh": (("tanh",), lambda t: t.nn.GELU("tanh")),
    "GatedLinearUnit": ((1,), lambda t: t.nn.GLU(1)),
    "HardShrink": ((), lambda t: t.nn.Hardshrink()),
    "HardSigmoid": ((), lambda t: t.nn.Hardsigmoid()),
    "HardTanh": ((), lambda t: t.nn.Hardtanh()),
    "Hardswish": ((), lambda t: t.nn.Hardswish()),
    "LeakyReLU": ((0.01,), lambda t: t.nn.LeakyReLU()),
    "Log": ((), lambda t: t.log),
    "LogSigmoid": ((), lambda t: t.nn.LogSigmoid()),
    "Mish": ((), lambda t: t.nn.Mish()),
    "MulConstant": ((0.5,), lambda t: lambda x: x * 0.5),
    "PReLU": ((), lambda t: t.nn.PReLU()),
    "Power": ((3,), lambda t: lambda x: x**3),
    "RReLU": ((), lambda t: t.nn.RReLU()),
    "ReGLU": ((1,), None),
    "ReLU": ((), lambda t: t.nn.ReLU()),
    "ReLU6": ((), lambda t: t.nn.ReLU6()),
    "SAdd": ((0.5, True), None),
    "SELU": ((), lambda t: t.nn.SELU()),
    "ScaledTanh": ((), None),
    "SiLU": ((), lambda t: t.nn.SiLU()),
    "Sigmoid": ((), lambda t: t.nn.Sigmoid()),
    "SoftMin": ((1,), lambda t: t.nn.Softmin(1)),
    "SoftPlus": ((), lambda t: t.nn.Softplus()),
    "SoftShrink": ((), lambda t: t.nn.Softshrink()),
    "SoftSign": ((), lambda t: t.nn.Softsign()),
    "SpatialLogSoftMax": ((), lambda t: t.nn.LogSoftmax(1)),
    "SpatialSoftMax": ((), lambda t: t.nn.Softmax(1)),
    "Sqrt": ((), lambda t: t.sqrt),
    "Square": ((), lambda t: t.square),
    "SwiGLU": ((1,), None),
    "Tanh": ((), lambda t: t.nn.Tanh()),
    "TanhShrink": ((), lambda t: t.nn.Tanhshrink()),
    "Threshold": ((0.1, 20.0), lambda t: t.nn.Threshold(0.1, 20.0)),
}


def activation(name, arguments, torch):
    """Return the row of one activation."""
    cls = name.split()[0]
    options = {"grad_at_zero": 0} if cls == "ReLU" else {}

    def build():
        import nnmods as nn

        return getattr(nn, cls)(*arguments, **options)

    return one_module(
        name,
        "pooling, batch norm, tanh" if name == "Tanh" else "other",
        build,
        torch,
        positive if name in ("Log", "Sqrt") else images,
        summary=noise if name == "RReLU" else None,
    )


ROWS = [activation(name, *pair) for name, pair in PAIRS.items()]
