"""Cases of activations."""

import numpy as np

import nnmods as nn
from cases.case import Case


def positive(rng):
    """Return numbers from 0.5 to 2."""
    return rng.uniform(0.5, 2, (5, 4))


def wide(rng):
    """Return numbers over +-4, at a distance from kinks at integers and halves."""
    return (rng.permutation(20).reshape(5, 4) - 9.7) * 0.4


#: Of each class its cases; the key is the exported name.
MODULES = {
    "Abs": [Case(nn.Abs, (5, 4))],
    "AddConstant": [
        Case(lambda: nn.AddConstant(1.5), (5, 4)),
        Case(lambda: nn.AddConstant(np.array([1.0, -2.0, 3.0, 0.5])), (5, 4)),
    ],
    "CELU": [Case(nn.CELU, (5, 4)), Case(lambda: nn.CELU(0.4), (5, 4))],
    "CReLU": [
        Case(lambda: nn.CReLU(1), (5, 4)),
        Case(lambda: nn.CReLU(3), (3, 2, 4, 5)),
    ],
    "Clamp": [Case(lambda: nn.Clamp(-0.6, 0.72), (5, 4))],
    "Clip": [Case(lambda: nn.Clip(-0.6, 0.72), (5, 4))],
    "ELU": [Case(nn.ELU, (5, 4)), Case(lambda: nn.ELU(0.3), (3, 2, 4, 5))],
    "Exp": [Case(nn.Exp, (5, 4))],
    "GEGLU": [Case(nn.GEGLU, (5, 4))],
    "GELU": [Case(nn.GELU, wide), Case(lambda: nn.GELU("tanh"), wide)],
    "GatedLinearUnit": [
        Case(nn.GatedLinearUnit, (5, 4)),
        Case(lambda: nn.GatedLinearUnit(1), (3, 4, 5), single=False),
        Case(lambda: nn.GatedLinearUnit(-2), (3, 4, 5)),
    ],
    "HardShrink": [Case(nn.HardShrink, (5, 4)), Case(lambda: nn.HardShrink(0.3), wide)],
    "HardSigmoid": [Case(nn.HardSigmoid, wide)],
    "HardTanh": [Case(nn.HardTanh, (5, 4)), Case(lambda: nn.HardTanh(-2, 0.5), wide)],
    "Hardswish": [Case(nn.Hardswish, wide)],
    "LeakyReLU": [
        Case(nn.LeakyReLU, (5, 4)),
        Case(lambda: nn.LeakyReLU(0), (5, 4)),
        Case(lambda: nn.LeakyReLU(-0.5), (5, 4)),
        Case(lambda: nn.LeakyReLU(2), (5, 4)),
    ],
    "Log": [Case(nn.Log, positive)],
    "LogSigmoid": [Case(nn.LogSigmoid, (5, 4))],
    "LogSoftMax": [
        Case(nn.LogSoftMax, (5, 4)),
        Case(nn.LogSoftMax, (3, 2, 4, 5)),
        Case(lambda: nn.LogSoftMax(axis=-1), (5, 2, 3)),
    ],
    "Mish": [Case(nn.Mish, wide)],
    "MulConstant": [Case(lambda: nn.MulConstant(-1.5), (5, 4))],
    "PReLU": [
        Case(nn.PReLU, (5, 4)),
        Case(nn.PReLU, (3, 2, 4, 5)),
        Case(lambda: nn.PReLU(4), (5, 4)),
        Case(lambda: nn.PReLU(2), (3, 2, 4, 5), single=False),
    ],
    "Power": [
        Case(lambda: nn.Power(2), (5, 4)),
        Case(lambda: nn.Power(0.5), positive),
        Case(lambda: nn.Power(-1.5), positive),
        Case(lambda: nn.Power(0), (5, 4)),
    ],
    "RReLU": [
        Case(nn.RReLU, (5, 4), independent=False),
        Case(lambda: nn.RReLU(0.1, 0.5).evaluate(), (3, 2, 4, 5)),
    ],
    "ReGLU": [Case(nn.ReGLU, (5, 4))],
    "ReLU": [
        Case(nn.ReLU, (5, 4)),
        Case(lambda: nn.ReLU(grad_at_zero=0), (3, 2, 4, 5)),
    ],
    "ReLU6": [Case(nn.ReLU6, wide)],
    "SAdd": [
        Case(lambda: nn.SAdd(1.5), (5, 4)),
        Case(lambda: nn.SAdd(-1, negate=True), (5, 4)),
    ],
    "SELU": [Case(nn.SELU, (5, 4))],
    "ScaledTanh": [
        Case(nn.ScaledTanh, (5, 4)),
        Case(lambda: nn.ScaledTanh(twist=0.1), (5, 4)),
    ],
    "SiLU": [Case(nn.SiLU, wide)],
    "Sigmoid": [Case(nn.Sigmoid, (5, 4))],
    "SoftMax": [
        Case(nn.SoftMax, (5, 4)),
        Case(nn.SoftMax, (3, 2, 4, 5)),
        Case(lambda: nn.SoftMax(axis=-1), (5, 2, 3)),
    ],
    "SoftMin": [
        Case(nn.SoftMin, (5, 4)),
        Case(nn.SoftMin, (3, 2, 4, 5)),
        Case(lambda: nn.SoftMin(axis=-1), (5, 2, 3)),
    ],
    "SoftPlus": [Case(nn.SoftPlus, (5, 4)), Case(lambda: nn.SoftPlus(2.0), (5, 4))],
    "SoftShrink": [Case(nn.SoftShrink, (5, 4)), Case(lambda: nn.SoftShrink(0.3), wide)],
    "SoftSign": [Case(nn.SoftSign, (5, 4))],
    "SpatialLogSoftMax": [Case(nn.SpatialLogSoftMax, (3, 2, 4, 5))],
    "SpatialSoftMax": [Case(nn.SpatialSoftMax, (3, 2, 4, 5))],
    "Sqrt": [Case(nn.Sqrt, positive)],
    "Square": [Case(nn.Square, (5, 4))],
    "SwiGLU": [
        Case(nn.SwiGLU, (5, 4)),
        Case(lambda: nn.SwiGLU(1), (3, 4, 5), single=False),
    ],
    "Tanh": [Case(nn.Tanh, (5, 4)), Case(nn.Tanh, (3, 2, 4, 5))],
    "TanhShrink": [Case(nn.TanhShrink, (5, 4))],
    "Threshold": [
        Case(nn.Threshold, (5, 4)),
        Case(lambda: nn.Threshold(0.5, -1), wide),
    ],
}
