"""SoftMaxCriterion: the family of costs of labels, from raw scores."""

import numpy as np

from nnmods.core import reuse
from nnmods.criterions.labelled_rows import LabelledRows
from nnmods.criterions.labels import as_rows, without_ones
from nnmods.criterions.likelihood import LabelCriterion
from nnmods.criterions.options import check_class_weights
from nnmods.criterions.picking import find
from nnmods.criterions.softmax_curvature import SoftMaxCurvature


class SoftMaxCriterion(SoftMaxCurvature, LabelCriterion):
    """A cost of labels and of ``p = exp(y) / sum(exp(y))``, the softmax of scores y.

    A subclass writes `forward`, with what `_arguments` makes of its arguments, and
    `_pull_all`, and `_curvatures` for second derivatives. Parameters are those of
    `LabelCriterion`.
    """

    _results = (*LabelCriterion._results, "_parts", "_y")
    _parts = _y = None  # _y: that of the last backward

    def backward(self, y, target):
        rows, parts, found = self._arguments(y, target)
        if y is not self._y:  # else what fitted it fits it still
            self.dC_dy, self._y = reuse(self.dC_dy, y.shape, y, module=self), y
        if rows.size:
            self._pull_all(rows, parts, found)
        return self.dC_dy

    def _pull_all(self, rows, parts, found):
        """Write to ``dC_dy``, with what `_arguments` returned."""
        raise NotImplementedError(f"{self!r}: _pull_all is not written")

    def _arguments(self, y, target):
        """Return y as rows, scratch for them, and what `find` finds in ``target``."""
        parts = self._parts
        if parts is not None and self.weights is None and parts.fit(y, target):
            rows, labels = y, target
        else:
            rows, labels = self._as_rows(y, target)
            check_class_weights(self, rows.shape[1])
            dtype = rows.dtype if rows.dtype.kind == "f" else self.dtype
            if parts is None or parts.shape != rows.shape or parts.dtype != dtype:
                parts = self._parts = LabelledRows(rows.shape, dtype)
        # Neither weighed nor ignored, the usual labels are found the quick way.
        if self.weights is None and self.ignore_index < 0 and parts.locate(labels):
            scale = 1 / len(labels) if self.size_average else 1.0
            return rows, parts, (parts.index, None, None, scale)
        n_classes = rows.shape[1]
        index, w, ignored, scale = find(self, labels, n_classes, 1, (n_classes,))
        return rows, parts, (parts.within_blocks(index), w, ignored, scale)

    def _as_rows(self, y, target):
        """Return y as (N, C) and target as (N,), once checked."""
        return as_rows(self, *without_ones(y, target))


def are_probabilities(rows):
    """Tell whether all rows are in [0, 1] and sum to 1, up to rounding."""
    # The first row alone tells in the usual case.
    return (
        rows.shape[1] > 1
        and abs(float(np.add.reduce(rows[0])) - 1) <= 1e-4
        and float(rows.min()) >= 0
        and bool((abs(np.add.reduce(rows, 1) - 1) <= 1e-4).all())
    )
