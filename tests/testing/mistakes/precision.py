"""Results that are no float32, not finite, or spoilt by rounding."""

import numpy as np
from testing.mistakes.curves import Curve
from testing.mistakes.planting import draw, planted

import nnmods as nn


@planted("y", "dtype-lost", 5, 3)
class LosesSingle(Curve):
    def forward(self, x):
        return np.tanh(x) * np.ones(x.shape)


@planted("dC_dx", "dtype-lost", 5, 3)
class LosesSingleBack(Curve):
    def backward(self, x, dC_dy):
        return np.float64(1) * super().backward(x, dC_dy)


@planted("y", "single-precision", x=np.array([[30.0, 120.0], [-3.0, 0.5]]))
class Overflows(nn.Module):
    """Log(1 + exp(x)), of which float32 has the exponential up to 88."""

    def forward(self, x):
        return np.log(1 + np.exp(x))

    def backward(self, x, dC_dy):
        return dC_dy / (1 + np.exp(-x))


@planted("y", "single-precision", x=1000 + draw((5, 3)))
class Cancels(nn.Module):
    """Squares less the square of the mean, which cancel."""

    def forward(self, x):
        return (x**2).mean(axis=1, keepdims=True) - x.mean(axis=1, keepdims=True) ** 2

    def backward(self, x, dC_dy):
        return 2 / x.shape[1] * dC_dy * (x - x.mean(axis=1, keepdims=True))


@planted("y", "not-finite", 5, 3)
class Logarithm(nn.Module):
    def forward(self, x):
        return np.log(x)

    def backward(self, x, dC_dy):
        return dC_dy / x
