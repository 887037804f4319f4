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


class Centred(nn.Module):
    """Columns of mean 0, and a running mean beside it, right."""

    def __init__(self):
        self.mean = 0.0

    def forward(self, x):
        self.mean = 0.9 * self.mean + 0.1 * x.mean(axis=0)
        return x - x.mean(axis=0)

    def backward(self, x, dC_dy):
        return dC_dy - dC_dy.mean(axis=0)


RIGHT.append((Centred, draw((5, 4))))


@planted("dC_dx", "constant-statistics", 5, 4)
class CentredAsIfConstant(Centred):
    def backward(self, x, dC_dy):
        return dC_dy.copy()


@planted("dC_dx", "constant-factor", 5, 2)
class TwiceInPairs(nn.Module):
    """No statistics, though 2 is what the mean of two would leave out."""

    def forward(self, x):
        return x.copy()

    def backward(self, x, dC_dy):
        return 2 * dC_dy


class RowNorm(nn.Module):
    """Rows of mean 0 and deviation 1, times a gain, plus a bias, right."""

    def __init__(self):
        self.gain, self.grad_gain = 1 + draw((4,)) ** 2, np.zeros(4)
        self.bias, self.grad_bias = 0.1 * draw((4,)), np.zeros(4)

    def forward(self, x):
        return self.normal(x)[0] * self.gain + self.bias

    def normal(self, x):
        inverse = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        return (x - x.mean(axis=1, keepdims=True)) * inverse, inverse

    def backward(self, x, dC_dy):
        (normal, inverse), dC_dy = self.normal(x), dC_dy * self.gain
        mean, share = (a.mean(axis=1, keepdims=True) for a in (dC_dy, dC_dy * normal))
        return (dC_dy - mean - normal * share) * inverse

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * self.normal(x)[0]).sum(axis=0)
        self.grad_bias += scale * dC_dy.sum(axis=0)


RIGHT.append((RowNorm, draw((5, 4))))


@planted("dC_dx", "constant-statistics", 5, 4)
class RowNormAsIfConstant(RowNorm):
    def backward(self, x, dC_dy):
        return dC_dy * self.gain * self.normal(x)[1]


@planted("dC_dx", "constant-statistics", 2, 3, 4, 5)
class ImageNorm(nn.Module):
    """Of each channel of a batch of images; its deviation is taken for constant."""

    axes = (0, 2, 3)

    def forward(self, x):
        mean, deviation = (f(x, self.axes, keepdims=True) for f in (np.mean, np.std))
        return (x - mean) / deviation

    def backward(self, x, dC_dy):
        mean = dC_dy.mean(self.axes, keepdims=True)
        return (dC_dy - mean) / x.std(self.axes, keepdims=True)
