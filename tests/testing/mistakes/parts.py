"""Products of two inputs, and derivatives that are wrong in a part alone."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Bilinear(nn.Module):
    """A product of two inputs with a weight between them, right."""

    def __init__(self):
        self.weight, self.grad_weight = draw((3, 3)), np.zeros((3, 3))

    def forward(self, x):
        return ((x[0] @ self.weight) * x[1]).sum(axis=1)

    def backward(self, x, dC_dy):
        dC_dy = dC_dy[:, None]
        return [dC_dy * (x[1] @ self.weight.T), dC_dy * (x[0] @ self.weight)]

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy[:, None] * x[0]).T @ x[1]


TWO = [draw((5, 3)), 1 + draw((5, 3))]
RIGHT.append((Bilinear, TWO))


@planted("dC_dx", "wrong-sign", x=TWO)
class SignOfTheSecond(Bilinear):
    def backward(self, x, dC_dy):
        first, second = super().backward(x, dC_dy)
        return [first, -second]


@planted("dC_dx", "transposed-weight", x=TWO)
class TransposedBetween(Bilinear):
    def backward(self, x, dC_dy):
        dC_dy = dC_dy[:, None]
        return [dC_dy * (x[1] @ self.weight), dC_dy * (x[0] @ self.weight.T)]


class Gate(nn.Module):
    """The first half of the columns, let through by the second, right."""

    def forward(self, x):
        a, b = np.split(x, 2, axis=1)
        return a * np.tanh(b)

    def backward(self, x, dC_dy):
        a, b = np.split(x, 2, axis=1)
        gate = np.tanh(b)
        return np.concatenate([dC_dy * gate, dC_dy * a * (1 - gate**2)], axis=1)


RIGHT.append((Gate, draw((5, 6))))


@planted("dC_dx", "wrong-sign", 5, 6)
class SignOfTheGate(Gate):
    def backward(self, x, dC_dy):
        dC_dx = super().backward(x, dC_dy)
        dC_dx[:, 3:] *= -1
        return dC_dx
