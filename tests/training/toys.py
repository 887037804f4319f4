"""A criterion and nets whose numbers can be worked out by hand."""

import numpy as np

from nnmods.core import Criterion, Module
from nnmods.layers import Linear


class MeanSquare(Criterion):
    """C = mean((y - target)^2)."""

    def forward(self, y, target):
        return float(np.mean((y - target) ** 2))

    def backward(self, y, target):
        return 2 / y.size * (y - target)


class LackOfScore(Criterion):
    """C = mean over the samples of 1 - y[target]."""

    def forward(self, y, target):
        return float(np.mean(1 - y[np.arange(len(y)), target]))

    def backward(self, y, target):
        dC_dy = np.zeros_like(y)
        dC_dy[np.arange(len(y)), target] = -1 / len(y)
        return dC_dy


class Modal(Module):
    """y = x in evaluation mode, 0 in training mode; remembers its batch sizes."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def forward(self, x):
        self.sizes.append(len(x))
        return 0 * x if self.train else x

    def backward(self, x, dC_dy):
        return dC_dy


def weighing(value):
    """Return the net y = value * x."""
    net = Linear(1, 1, bias=False)
    net.weight[...] = value
    return net
