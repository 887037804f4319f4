"""CrossEntropyCriterion: the negative log-likelihood of labels, from raw scores."""

import warnings

import numpy as np

from nnmods.core import reuse
from nnmods.criterions.exponentials import Exponentials
from nnmods.criterions.labels import as_rows, without_ones
from nnmods.criterions.likelihood import LabelCriterion
from nnmods.criterions.options import check_class_weights
from nnmods.criterions.picking import find, total_cost


class CrossEntropyCriterion(LabelCriterion):
    """Negative log-likelihood of labels from scores: log-softmax and NLL in one.

    ::

        p[n, c]     = exp(y[n, c]) / sum_c exp(y[n, c])
        C           = -scale * sum_n w[t_n] * log(p[n, t_n])
        dC_dy[n, c] =  scale * w[t_n] * (p[n, c] - 1 where c = t_n, else p[n, c])
        scale       = 1 / sum_n w[t_n], or 1 without size_average

    with t the target. The sums leave out the samples whose label is ``ignore_index``;
    if they are all left out, C and dC_dy are 0. Scores of any size are right: the
    largest of each sample is subtracted first. Log-probabilities are scores too, and
    give what `ClassNLLCriterion` does. Probabilities are taken for a mistake.

    Axes of length 1, such as (N, C, 1, 1), are dropped from ``y`` and ``target``; with
    one label, ``y`` is one sample, along whichever axis its classes lie.

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
        If ``target`` is not an array of numbers, or one number.
    ValueError
        If ``y`` is not (N, C) with a ``target`` of (N,), or (C,) with one label, or if
        a label is not whole and from 0 to C - 1.

    Warns
    -----
    UserWarning
        If ``y`` looks like the output of a `SoftMax`: in [0, 1], with rows of sum 1.

    Examples
    --------
    >>> cost = CrossEntropyCriterion()
    >>> y, target = np.log([[1.0, 3.0]]), np.array([1])
    >>> round(cost(y, target), 4), cost.backward(y, target)  # -log(3/4)
    (0.2877, array([[ 0.25, -0.25]]))
    """

    _results = (*LabelCriterion._results, "_parts")
    _parts = None

    def forward(self, y, target):
        rows, parts, (index, w, ignored, scale) = self._arguments(y, target)
        self.C = 0.0
        if not rows.size:
            return self.C
        loss, picked = parts.loss, parts.picked
        parts.shift(rows)
        parts.flat_e.take(index, None, picked, "clip")  # "raise" copies picked first
        parts.exp(rows)
        np.log(parts.flat_total, loss)
        np.subtract(loss, picked, loss)  # -log p[n, t_n]
        if w is None and ignored is None:
            self.C = scale * float(np.add.reduce(loss))
        elif scale:
            self.C = scale * total_cost(loss, w, ignored)
        if rows.item(0) >= 0 and rows.item(-1) >= 0 and _are_probabilities(rows):
            warnings.warn(
                f"{self!r}: y holds probabilities, expected scores; "
                "leave out the SoftMax before it",
                stacklevel=2,
            )
        return self.C

    def backward(self, y, target):
        rows, parts, (index, w, _, scale) = self._arguments(y, target)
        self.dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        if not rows.size:
            return self.dC_dy
        if not parts.rows.equals(rows):
            parts.shift(rows)
            parts.exp(rows)
        p, picked, share = parts.p, parts.picked, scale
        factor = parts.top  # no longer needed
        if w is None:
            np.divide(scale, parts.total, factor)
        else:
            share = np.multiply(w, scale, parts.loss)
            np.divide(share.reshape(factor.shape), parts.total, factor)
        np.multiply(parts.e, factor, p)
        parts.flat_p.take(index, None, picked, "clip")
        parts.flat_p[index] = np.subtract(picked, share, picked)
        self.dC_dy.reshape(rows.shape)[...] = p if parts.class_axis else p.T
        return self.dC_dy

    def _arguments(self, y, target):
        """Return y as rows, scratch for them, and what `find` finds in ``target``."""
        if self._are_plain(y, target):
            rows, labels = y, target
        else:
            rows, labels = as_rows(self, *without_ones(y, target))
            check_class_weights(self, rows.shape[1])
        dtype = rows.dtype if rows.dtype.kind == "f" else self.dtype
        parts = self._parts
        if parts is None or parts.shape != rows.shape or parts.e.dtype != dtype:
            parts = self._parts = Exponentials(rows.shape, dtype)
        # Neither weighed nor ignored, the usual labels are found the quick way.
        if (
            self.weights is None
            and self.ignore_index < 0
            and rows.size
            and parts.locate(labels)
        ):
            scale = 1 / len(labels) if self.size_average else 1.0
            return rows, parts, (parts.index, None, None, scale)
        steps = parts.steps
        return rows, parts, find(self, labels, rows.shape[1], steps[1], steps[:1])

    def _are_plain(self, y, target):
        """Tell at a glance whether there is nothing to check or change."""
        return (
            type(y) is type(target) is np.ndarray
            and y.ndim == 2
            and target.shape == y.shape[:1]
            and y.dtype.kind == "f"
            and target.dtype.kind in "iu"
            and self.weights is None
            and y.shape[1] > 0
        )


def _are_probabilities(rows):
    # The first row alone tells in the usual case.
    return (
        rows.shape[1] > 1
        and abs(float(np.add.reduce(rows[0])) - 1) <= 1e-4
        and float(rows.min()) >= 0
        and bool((abs(np.add.reduce(rows, 1) - 1) <= 1e-4).all())
    )
