"""Wrong factors and sums in the verbs of an affine map."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Affine(nn.Module):
    """A right module, from which others derive."""

    def __init__(self, n=4, m=3):
        rng = np.random.default_rng(1)
        self.weight = rng.standard_normal((m, n))
        self.bias = rng.standard_normal(m)
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias)

    def forward(self, x):
        return x @ self.weight.T + self.bias

    def backward(self, x, dC_dy):
        return dC_dy @ self.weight

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy.sum(axis=0)


class Squarish(Affine):
    def __init__(self):
        super().__init__(3, 3)


RIGHT += [(Affine, draw((5, 4))), (Squarish, draw((5, 3)))]


@planted("dC_dx", "transposed-weight", 5, 3)
class TransposedSquare(Squarish):
    def backward(self, x, dC_dy):
        return dC_dy @ self.weight.T


@planted("dC_dx", "transposed-weight", 5, 4)
class TransposedOblong(Affine):
    def backward(self, x, dC_dy):
        return dC_dy @ self.weight.T


@planted("grad_weight", "transposed-gradient", 5, 3)
class TransposedGradient(Squarish):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (x.T @ dC_dy)
        self.grad_bias += scale * dC_dy.sum(axis=0)


@planted("grad_weight", "transposed-gradient", 5, 4)
class TransposedOblongGradient(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (x.T @ dC_dy)


@planted("grad_weight", "transposed-operand", 5, 4)
class ForgottenTranspose(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy @ x)


@planted("grad_bias", "sum-missing", 5, 4)
class SumMissing(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy


@planted("grad_bias", "sum-missing", 5, 4)
class SumMissingRebound(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias = self.grad_bias + scale * dC_dy


@planted("grad_bias", "one-sample-only", 5, 4)
class FirstSample(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy[0]


@planted("grad_bias", "wrong-axis", 5, 4)
class WrongAxis(Affine):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)
        self.grad_bias += scale * dC_dy.sum(axis=1)
