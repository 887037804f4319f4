"""SoftMaxCriterion: the family of costs of labels, from raw scores."""

import numpy as np

from nnmods.criterions.exponentials import Exponentials
from nnmods.criterions.labels import as_rows, without_ones
from nnmods.criterions.likelihood import LabelCriterion
from nnmods.criterions.options import check_class_weights
from nnmods.criterions.picking import find


class SoftMaxCriterion(LabelCriterion):
    """A cost of labels and of ``p = exp(y) / sum(exp(y))``, the softmax of scores y.

    A subclass writes `forward` and `backward`, with what `_arguments` makes of theirs.
    Parameters are those of `LabelCriterion`.
    """

    _results = (*LabelCriterion._results, "_parts")
    _parts = None

    def _arguments(self, y, target):
        """Return y as rows, scratch for them, and what `find` finds in ``target``."""
        if self._are_plain(y, target):
            rows, labels = y, target
        else:
            rows, labels = self._as_rows(y, target)
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

    def _as_rows(self, y, target):
        """Return y as (N, C) and target as (N,), once checked."""
        return as_rows(self, *without_ones(y, target))

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

    def _pull(self, parts, index, share, whole=None):
        """Write ``whole * p`` to ``parts.p``, less ``share`` at the labels.

        Both are numbers, or one for each row. Without ``whole``, it is ``share``.
        """
        whole, p, picked = share if whole is None else whole, parts.p, parts.picked
        factor = parts.top  # no longer needed
        if isinstance(whole, np.ndarray):
            whole = whole.reshape(factor.shape)
        np.divide(whole, parts.total, factor)
        np.multiply(parts.e, factor, p)
        parts.flat_p.take(index, None, picked, "clip")  # "raise" copies picked first
        parts.flat_p[index] = np.subtract(picked, share, picked)

    def _hand_out(self, parts):
        """Return what stands in ``parts.p`` as dC_dy."""
        p = parts.p if parts.class_axis else parts.p.T
        self.dC_dy.reshape(p.shape)[...] = p
        return self.dC_dy


def are_probabilities(rows):
    """Tell whether all rows are in [0, 1] and sum to 1, up to rounding."""
    # The first row alone tells in the usual case.
    return (
        rows.shape[1] > 1
        and abs(float(np.add.reduce(rows[0])) - 1) <= 1e-4
        and float(rows.min()) >= 0
        and bool((abs(np.add.reduce(rows, 1) - 1) <= 1e-4).all())
    )
