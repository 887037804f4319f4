"""Gradients of an affine map that are accumulated in a wrong way."""

import numpy as np
from testing.mistakes.affine import Affine
from testing.mistakes.planting import planted

import nnmods as nn


@planted("grad_weight", "overwritten", 5, 4)
class Overwritten(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight[...] = scale * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("grad_bias", "scale-ignored", 5, 4)
class ScaleIgnored(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += dC_dy.sum(axis=0)


@planted("grad_weight", "scale-ignored", 5, 4)
class ScaleUnknown(Affine):
    def acc_grad_params(self, x, dC_dy):
        super().acc_grad_params(x, dC_dy)


@planted("grad_weight", "scale-twice", 5, 4)
class ScaleTwice(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        dC_dy = scale * dC_dy
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += dC_dy.sum(axis=0)


@planted("grad_weight", "divided-by-batch-size", 5, 4)
class Averaged(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x) / len(x)
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("grad_bias", "times-batch-size", 5, 4)
class TimesBatch(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += scale * len(x) * dC_dy.sum(axis=0)


@planted("grad_bias", "zero-gradient", 5, 4)
class NoBias(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)


@planted("grad_weight", "rebound-gradient", 5, 4)
class Rebound(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight = self.grad_weight + scale * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("grad_weight", "gradient-in-backward", 5, 4)
class AddsInBackward(Affine):
    def backward(self, x, dC_dy):
        self.grad_weight += 0.5 * (dC_dy.T @ x)
        return dC_dy @ self.weight

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += (scale - 0.5) * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("grad_weight", "needs-backward", 5, 4)
class NeedsBackward(Affine):
    def backward(self, x, dC_dy):
        self.share = dC_dy.T @ x
        return dC_dy @ self.weight

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * self.share
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("grad_weight", "missing-verb", 5, 4)
class NoAccumulation(Affine):
    acc_grad_params = nn.Module.acc_grad_params


@planted("grad_weight", "parameter-changed", 5, 4)
class Decays(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        self.weight *= 1 - 1e-9


@planted("grad_weight", "parameter-changed", 5, 4)
class Steps(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        self.weight -= 0.1 * self.grad_weight


@planted("grad_weight", "parameter-changed", 5, 4)
class StepsRebound(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        self.weight = self.weight - 0.1 * self.grad_weight


@planted("grad_weight", "spoilt-by-backward", 5, 4)
class OverwritesWhatItKept(Affine):
    def forward(self, x):
        self.kept = x
        return super().forward(x)

    def backward(self, x, dC_dy):
        self.kept = dC_dy @ self.weight
        return self.kept

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ self.kept)
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("module", "wrong-twin", 5, 4)
class WholeNumbers(Affine):
    def __init__(self):
        super().__init__()
        self.weight = np.arange(12).reshape(3, 4)


@planted("module", "wrong-twin", 5, 4)
class WholeNumberedGradient(Affine):
    def __init__(self):
        super().__init__()
        self.grad_bias = np.zeros(3, int)


@planted("y", "parameter-changed", 5, 4)
class ForwardRebinds(Affine):
    def forward(self, x):
        self.bias = 1.0 * self.bias
        return super().forward(x)


@planted("y", "parameter-changed", 5, 4)
class ForwardHalves(Affine):
    def forward(self, x):
        self.weight /= 2
        return super().forward(x)
