"""The family of negative log-likelihoods of class labels."""

import numpy as np

from nnmods.core import Criterion, reuse
from nnmods.core.dtypes import promote
from nnmods.criterions.options import as_flag, as_integer, as_weights, describe
from nnmods.criterions.picking import find, flat_view, total_cost


class LabelCriterion(Criterion):
    """A cost of class labels, with a weight for each class.

    Parameters
    ----------
    weights : array_like, shape (C,), default=None
    size_average : bool, default=True
    ignore_index : int, default=-100
    dtype : numpy dtype, default=None
    """

    def __init__(
        self, weights=None, size_average=True, ignore_index=-100, *, dtype=None
    ):
        super().__init__(dtype)
        self.weights = as_weights(self, weights, 1)
        self.size_average = as_flag(size_average)
        self.ignore_index = as_integer(self, "ignore_index", ignore_index, -100)

    def __repr__(self):
        return describe(self, weights=None, size_average=True, ignore_index=-100)


class LikelihoodCriterion(LabelCriterion):
    """Negative log-likelihood of labels, given log-probabilities along axis 1.

    ::

        C               = -scale * sum_n w[t_n] * y[n, t_n]
        dC_dy[n, t_n]   = -scale * w[t_n]
        scale           = 1 / sum_n w[t_n], or 1 without size_average

    with n over samples, and over the axes that follow those of the classes. A subclass
    writes `_arguments`.
    """

    curved = False

    def forward(self, y, target):
        y, target = self._arguments(y, target)
        flat, steps = flat_view(y)
        if flat is None or y.dtype.kind != "f":
            copy = self.work("y", y.shape, promote(self, (y,)))
            copy[...] = y
            flat, steps = flat_view(copy)
        index, w, ignored, scale = self._find(y, target, steps)
        self.C = 0.0
        if scale and y.size:
            picked = self.work("picked", target.shape, flat.dtype)
            flat.take(index, None, picked, "clip")  # "raise" copies picked first
            self.C = -scale * total_cost(picked, w, ignored)
        return self.C

    def backward(self, y, target):
        rows, target = self._arguments(y, target)
        dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        flat, steps = flat_view(dC_dy.reshape(rows.shape))
        index, w, _, scale = self._find(rows, target, steps)
        dC_dy.fill(0)
        if w is None:
            flat[index] = -scale
        else:
            share = self.work("share", w.shape, flat.dtype)
            flat[index] = np.multiply(w, -scale, out=share)
        self.dC_dy = dC_dy
        return dC_dy

    def _arguments(self, y, target):
        """Return y as (N, C, ...) and target as (N, ...), once checked."""
        raise NotImplementedError(f"{self!r}: _arguments(y, target) is not written")

    def _find(self, y, target, steps):
        return find(self, target, y.shape[1], steps[1], (steps[0], *steps[2:]))
