"""Derivatives that lack the share of a use, or of other entries."""

import numpy as np
from testing.mistakes.planting import RIGHT, draw, planted

import nnmods as nn


class Double(nn.Module):
    """A table of two, right."""

    def forward(self, x):
        return [x.copy(), x.copy()]

    def backward(self, x, dC_dy):
        return dC_dy[0] + dC_dy[1]


RIGHT.append((Double, draw((5, 3))))


@planted("dC_dx", "use-not-summed", 5, 3)
class NotSummed(Double):
    def backward(self, x, dC_dy):
        return dC_dy[1]


@planted("dC_dx", "use-not-summed", 5, 3)
class HalfOfTheRow(nn.Module):
    def forward(self, x):
        return np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis=1)

    def backward(self, x, dC_dy):
        return dC_dy[:, : x.shape[1]] * (x > 0)


@planted("dC_dx", "use-not-summed", 5, 3)
class NoWayAround(nn.Module):
    def forward(self, x):
        return x + np.tanh(x)

    def backward(self, x, dC_dy):
        return dC_dy * (1 - np.tanh(x) ** 2)


@planted("dC_dx", "use-not-summed", 5, 3)
class HalfASquare(nn.Module):
    def forward(self, x):
        return x * x

    def backward(self, x, dC_dy):
        return dC_dy * x


@planted("dC_dx", "use-not-summed", 5, 4)
class RepeatedIndices(nn.Module):
    def forward(self, x):
        return x[:, [0, 2, 2, 1, 0]]

    def backward(self, x, dC_dy):
        dC_dx = np.zeros_like(x)
        dC_dx[:, [0, 2, 2, 1, 0]] += dC_dy
        return dC_dx


@planted("dC_dx", "product-rule", 5, 3)
class ProductRule(nn.Module):
    def forward(self, x):
        return x / (1 + np.exp(-x))

    def backward(self, x, dC_dy):
        return dC_dy / (1 + np.exp(-x))


@planted("dC_dx", "jacobian-not-transposed", 5, 4)
class GathersTwice(nn.Module):
    order = (2, 0, 3, 1)

    def forward(self, x):
        return x[:, self.order]

    def backward(self, x, dC_dy):
        return dC_dy[:, self.order]


@planted("dC_dx", "diagonal-only", 5, 3)
class NoCrossTerms(nn.Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, x, dC_dy):
        y = self.forward(x)
        return dC_dy * y * (1 - y)


@planted("dC_dx", "entries-too-many", 2, 6)
class PassesToAll(nn.Module):
    def forward(self, x):
        return x.reshape(len(x), 3, 2).max(axis=2)

    def backward(self, x, dC_dy):
        return np.repeat(dC_dy, 2, axis=1)


@planted("dC_dx", "unknown", 2, 6)
class Scattered(PassesToAll):
    def backward(self, x, dC_dy):
        return super().backward(x, dC_dy) / 2


@planted("dC_dx", "use-not-summed", 5, 3)
class TwoOfThree(nn.Module):
    def forward(self, x):
        return [x.copy(), 2 * x, 3 * x]

    def backward(self, x, dC_dy):
        return dC_dy[0] + 2 * dC_dy[1]
