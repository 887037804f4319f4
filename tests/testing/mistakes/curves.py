"""Wrong derivatives of functions of single entries."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Curve(nn.Module):
    """The hyperbolic tangent, right."""

    def forward(self, x):
        return np.tanh(x)

    def backward(self, x, dC_dy):
        return dC_dy * (1 - np.tanh(x) ** 2)


RIGHT.append((Curve, draw((5, 3))))


@planted("dC_dx", "wrong-sign", 5, 3)
class WrongSign(Curve):
    def backward(self, x, dC_dy):
        return dC_dy * (np.tanh(x) ** 2 - 1)


@planted("dC_dx", "missing-derivative", 5, 3)
class NoDerivative(Curve):
    def backward(self, x, dC_dy):
        return dC_dy


@planted("dC_dx", "derivative-at-y", 5, 3)
class AtY(Curve):
    def backward(self, x, dC_dy):
        return dC_dy * (1 - np.tanh(np.tanh(x)) ** 2)


@planted("dC_dx", "derivative-in-y-fed-with-x", 5, 3)
class FedWithX(Curve):
    def backward(self, x, dC_dy):
        return dC_dy * (1 - x**2)


@planted("dC_dx", "inverse-derivative", 5, 3)
class Inverse(Curve):
    def backward(self, x, dC_dy):
        return dC_dy / (1 - np.tanh(x) ** 2)


@planted("dC_dx", "extra-factor", 5, 3)
class TwiceTheSlope(Curve):
    def backward(self, x, dC_dy):
        return dC_dy * (1 - np.tanh(x) ** 2) ** 2


@planted("dC_dx", "constant-factor", 5, 3)
class Factor(Curve):
    def backward(self, x, dC_dy):
        return 1.7159 * super().backward(x, dC_dy)


@planted("dC_dx", "missing-return", 5, 3)
class NoReturn(Curve):
    def backward(self, x, dC_dy):
        self.dC_dx = super().backward(x, dC_dy)


@planted("dC_dx", "missing-verb", 5, 3)
class NoBackward(nn.Module):
    def forward(self, x):
        return np.tanh(x)


@planted("y", "missing-verb", 5, 3)
class NoForward(nn.Module):
    pass


@planted("dC_dx", "raises", 5, 3)
class Misspelt(Curve):
    def backward(self, x, dC_dy):
        return dC_dy * (1 - self.ty**2)


@planted("dC_dx", "mask-inverted", 5, 4)
class Inverted(nn.Module):
    def forward(self, x):
        return np.maximum(x, 0)

    def backward(self, x, dC_dy):
        return dC_dy * (x < 0)


@planted("dC_dx", "unknown", 5, 3)
class Nonsense(Curve):
    def backward(self, x, dC_dy):
        return dC_dy * np.cos(5 * x) ** 2 + 0.1 * np.sin(3 * dC_dy)


class AtKink(nn.Module):
    """The positive part; at 0 it passes a share of the gradient."""

    def __init__(self, share=0.0):
        self.share = share

    def forward(self, x):
        return np.maximum(x, 0)

    def backward(self, x, dC_dy):
        passed = np.where(x == 0, self.share, x > 0)
        return dC_dy * passed.astype(x.dtype)


@planted("dC_dx", "mask-of-dC_dy", 5, 3)
class MaskOfGradient(nn.Module):
    def forward(self, x):
        return np.maximum(x, 0)

    def backward(self, x, dC_dy):
        return dC_dy * (dC_dy > 0)


@planted("dC_dx", "gradient-left-out", 5, 3)
class GradientLeftOut(Curve):
    def backward(self, x, dC_dy):
        return 1 - np.tanh(x) ** 2


@planted("dC_dx", "not-finite", 5, 3)
class ZeroByZero(nn.Module):
    def forward(self, x):
        return np.sqrt(np.maximum(x, 0))

    def backward(self, x, dC_dy):
        return dC_dy * (x > 0) / (2 * self.forward(x))
