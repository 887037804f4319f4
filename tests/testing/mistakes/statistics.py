"""Normalisations that take their mean or deviation for a constant."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Standard(nn.Module):
    """Columns of mean 0 and deviation 1, right."""

    def forward(self, x):
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)

    def backward(self, x, dC_dy):
        y, inverse = self.forward(x), 1 / np.sqrt(x.var(axis=0) + 1e-5)
        return (dC_dy - dC_dy.mean(axis=0) - y * (dC_dy * y).mean(axis=0)) * inverse


RIGHT.append((Standard, draw((5, 3))))


@planted("dC_dx", "constant-statistics", 5, 3)
class NoStatistics(Standard):
    def backward(self, x, dC_dy):
        return dC_dy / np.sqrt(x.var(axis=0) + 1e-5)


@planted("dC_dx", "constant-statistics", 5, 3)
class NoDeviation(Standard):
    def backward(self, x, dC_dy):
        return (dC_dy - dC_dy.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)


@planted("dC_dx", "constant-statistics", 5, 3)
class NoMean(Standard):
    def backward(self, x, dC_dy):
        y, inverse = self.forward(x), 1 / np.sqrt(x.var(axis=0) + 1e-5)
        return (dC_dy - y * (dC_dy * y).mean(axis=0)) * inverse


@planted("dC_dx", "constant-statistics", 5, 3)
class GainOfCentred(nn.Module):
    gain = (1.0, -2.0, 0.5)

    def forward(self, x):
        gain = np.asarray(self.gain, x.dtype)
        return gain * (x - x.mean(axis=1, keepdims=True))

    def backward(self, x, dC_dy):
        return np.asarray(self.gain, x.dtype) * dC_dy
