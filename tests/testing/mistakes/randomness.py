"""Modules that draw random numbers."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


@planted("y", "unrepeatable", 5, 3)
class Unrepeatable(nn.Module):
    def forward(self, x):
        return x * np.random.default_rng().random(x.shape)

    def backward(self, x, dC_dy):
        return dC_dy


class Mask(nn.Module):
    """Dropout, right."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def forward(self, x):
        self.mask = self.rng.random(x.shape) < 0.5
        return x * self.mask

    def backward(self, x, dC_dy):
        return dC_dy * self.mask


RIGHT.append((Mask, draw((5, 4))))


@planted("dC_dx", "redrawn-mask", 5, 4)
class Redraws(Mask):
    def backward(self, x, dC_dy):
        return dC_dy * (self.rng.random(x.shape) < 0.5)


@planted("dC_dx", "redrawn-mask", 5, 4)
class RedrawsGlobally(nn.Module):
    def forward(self, x):
        return x * (np.random.rand(*x.shape) < 0.5)  # noqa: NPY002

    def backward(self, x, dC_dy):
        return dC_dy * (np.random.rand(*x.shape) < 0.5)  # noqa: NPY002


class LearntNoise(nn.Module):
    """Noise with a learnt deviation, right."""

    def __init__(self):
        self.rng = np.random.default_rng(0)
        self.deviation, self.grad_deviation = np.full(4, 0.3), np.zeros(4)

    def forward(self, x):
        self.noise = self.rng.standard_normal(x.shape).astype(x.dtype)
        return x + self.deviation * self.noise

    def backward(self, x, dC_dy):
        return dC_dy.copy()

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_deviation += scale * (dC_dy * self.noise).sum(axis=0)


RIGHT.append((LearntNoise, draw((5, 4))))
