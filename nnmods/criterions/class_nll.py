"""ClassNLLCriterion: the negative log-likelihood of class labels."""

import operator

import numpy as np

from nnmods.core import Criterion, reuse
from nnmods.criterions.labels import as_rows, find, total_cost
from nnmods.criterions.options import as_weights, describe


class ClassNLLCriterion(Criterion):
    """Negative log-likelihood of labels, given log-probabilities.

    ::

        C           = -scale * sum_n w[t_n] * y[n, t_n]
        dC_dy[n, c] = -scale * w[t_n] where c = t_n, else 0
        scale       = 1 / sum_n w[t_n], or 1 without size_average

    with t the target. The sums leave out the samples whose label is ``ignore_index``;
    if they are all left out, C and dC_dy are 0.

    Parameters
    ----------
    weights : array_like, shape (C,), default=None
        w, one for each class; None means 1.
    size_average : bool, default=True
        Whether to divide by the sum of the weights of the targets.
    ignore_index : int, default=-100
    dtype : numpy dtype, default=None
        Of the weights, and in which y of integers is computed.

    Attributes
    ----------
    weights : ndarray, shape (C,), or None

    Raises
    ------
    TypeError
        If ``target`` is not an array of integers.
    ValueError
        If ``y`` is not (N, C) with a ``target`` of (N,), or (C,) with one label, or if
        a label is not from 0 to C - 1.

    Examples
    --------
    >>> nll = ClassNLLCriterion()
    >>> y, target = np.log([[0.5, 0.5], [0.125, 0.875]]), np.array([1, 0])
    >>> round(nll(y, target), 4), nll.backward(y, target)  # log(16) / 2
    (1.3863, array([[ 0. , -0.5],
           [-0.5,  0. ]]))
    """

    def __init__(
        self, weights=None, size_average=True, ignore_index=-100, *, dtype=None
    ):
        super().__init__(dtype)
        self.weights = as_weights(self, weights, 1)
        self.size_average = bool(size_average)
        self.ignore_index = operator.index(ignore_index)

    def forward(self, y, target):
        y, target = as_rows(self, y, target)
        flat, class_axis = self._flat(y)
        index, w, ignored, scale = find(self, target, y.shape[1], class_axis)
        self.C = 0.0
        if scale and y.size:
            picked = self.work("picked", target.shape, flat.dtype)
            flat.take(index, None, picked, "clip")  # "raise" copies picked first
            self.C = -scale * total_cost(picked, w, ignored)
        return self.C

    def backward(self, y, target):
        rows, target = as_rows(self, y, target)
        dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        flat, class_axis = self._flat(dC_dy.reshape(rows.shape))
        index, w, _, scale = find(self, target, rows.shape[1], class_axis)
        dC_dy.fill(0)
        if w is None:
            flat[index] = -scale
        else:
            share = self.work("share", w.shape, flat.dtype)
            flat[index] = np.multiply(w, -scale, out=share)
        self.dC_dy = dC_dy
        return dC_dy

    def _flat(self, y):
        """Return y as a vector, and 1 if that of (N, C), 0 if that of (C, N)."""
        if y.dtype.kind == "f":
            if y.flags.c_contiguous:
                return y.reshape(-1), 1
            if y.flags.f_contiguous:
                return y.T.reshape(-1), 0
        copy = self.work("y", y.shape, y.dtype if y.dtype.kind == "f" else self.dtype)
        copy[...] = y
        return copy.reshape(-1), 1

    def __repr__(self):
        return describe(self, weights=None, size_average=True, ignore_index=-100)
