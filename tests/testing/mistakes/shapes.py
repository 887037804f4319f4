"""Derivatives with a wrong shape, or at wrong places."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Sum(nn.Module):
    """A sum of rows, right."""

    def forward(self, x):
        return x.sum(axis=1)

    def backward(self, x, dC_dy):
        return np.broadcast_to(dC_dy[:, None], x.shape)


RIGHT.append((Sum, draw((5, 3))))


@planted("dC_dx", "wrong-shape", 5, 3)
class NotBroadcast(Sum):
    def backward(self, x, dC_dy):
        return dC_dy[:, None]


@planted("dC_dx", "sum-missing", 5, 1)
class NotSummedBack(nn.Module):
    def forward(self, x):
        return np.repeat(x, 4, axis=1)

    def backward(self, x, dC_dy):
        return dC_dy


@planted("dC_dx", "swapped-inputs", x=[draw((5, 3)), 2 + draw((5, 3))])
class Swapped(nn.Module):
    def forward(self, x):
        return x[0] - 2 * x[1]

    def backward(self, x, dC_dy):
        return [-2 * dC_dy, dC_dy]


@planted("dC_dx", "flipped-weight", 5, 6)
class Unflipped(nn.Module):
    kernel = 3

    def __init__(self):
        self.weight = np.array([1.0, -2.0, 0.5])
        self.grad_weight = np.zeros(3)

    def forward(self, x):
        return (
            self.weight[0] * np.roll(x, 1, 1)
            + self.weight[1] * x
            + (self.weight[2] * np.roll(x, -1, 1))
        )

    def backward(self, x, dC_dy):
        return self.forward(dC_dy)  # the kernel is to be turned round

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        for k in range(3):
            self.grad_weight[k] += scale * np.vdot(dC_dy, np.roll(x, 1 - k, 1))


@planted("dC_dx", "not-an-array", 5, 3)
class ListOfNumbers(Sum):
    def backward(self, x, dC_dy):
        return super().backward(x, dC_dy).tolist()


@planted("dC_dx", "wrong-type", 5, 3)
class WithNone(Sum):
    def backward(self, x, dC_dy):
        return super().backward(x, dC_dy), None


@planted("y", "raises", 5, 3)
class Exits(Sum):
    def forward(self, x):
        raise SystemExit(3)


@planted("y", "wrong-type", 5, 3)
class Complex(Sum):
    def forward(self, x):
        return np.fft.fft(x)


@planted("dC_dx", "constant-factor", 5, 3)
class MeanWithoutDivision(Sum):
    def forward(self, x):
        return x.mean(axis=1)


@planted("dC_dx", "wrong-shape", x=np.arange(5))
class LookupGivesRows(nn.Module):
    def forward(self, x):
        return np.eye(5, dtype=np.float32)[x]

    def backward(self, x, dC_dy):
        return dC_dy


@planted("dC_dx", "wrong-shape", x=[draw((5, 3)), draw((5, 3))])
class OneTooMany(nn.Module):
    def forward(self, x):
        return x[0] + x[1]

    def backward(self, x, dC_dy):
        return [dC_dy, dC_dy, dC_dy]
