"""CTCCriterion: a sequence of labels, of which nobody says when they come."""

import numpy as np

from nnmods.core import Criterion, check, reuse
from nnmods.criterions.ctc_curvature import CTCCurvature
from nnmods.criterions.options import as_flag, as_integer, describe
from nnmods.criterions.sequences import label_sequences
from nnmods.criterions.snapshot import TableSnapshot
from nnmods.criterions.turning_alignments import TurningAlignments


class CTCCriterion(CTCCurvature, Criterion):
    """Negative log-likelihood of label sequences, summed over their alignments.

    ::

        C              = -sum_n scale[n] * log(P[n])
        P[n]           =  sum over alignments a of exp(sum_t y[t, n, a_t])
        dC_dy[t, n, c] = -scale[n] * share of the alignments with a_t = c in P[n]
        scale[n]       =  1 / (N * max(number of labels, 1)), or 1 without size_average

    ``y`` holds log-probabilities, (T, N, C), or (T, C) of one sequence. An alignment
    names a class at each time: without repetitions, and then without blanks, it gives
    the labels. The gradient is that of the formula; a `LogSoftMax` before it adds its
    own part. It is computed in float64, whatever y is.

    Parameters
    ----------
    blank : int, default=0
        The class that is no label.
    size_average : bool, default=True
        Whether to divide by the numbers of labels and of sequences.
    zero_infinity : bool, default=False
        Whether sequences with no alignment, too short for their labels, cost nothing;
        otherwise they cost infinitely much, and the gradient is NaN.
    dtype : numpy dtype, default=None
        Of dC_dy for y of integers.

    Raises
    ------
    TypeError
        If ``target`` is not a table of arrays of numbers.
    ValueError
        If it is not [labels, times, numbers]: labels (N, S), padded with anything, or
        one after the other, the length of each sequence in time, and its number of
        labels; or if one of these, or ``blank``, does not fit y.

    References
    ----------
    A. Graves, S. Fernandez, F. Gomez, J. Schmidhuber, "Connectionist temporal
    classification", ICML 2006.

    Examples
    --------
    >>> y, target = np.log([[0.5, 0.5], [0.25, 0.75]]), [np.array([1]), 2, 1]
    >>> cost = CTCCriterion()  # label 1 as (1, 1), (0, 1) or (1, 0): P = 7/8
    >>> round(cost(y, target), 4), cost.backward(y, target)
    (0.1335, array([[-0.42857143, -0.57142857],
           [-0.14285714, -0.85714286]]))
    """

    _results = (*Criterion._results, "_alignments", "_summed")
    _alignments = _summed = None

    def __init__(self, blank=0, size_average=True, zero_infinity=False, *, dtype=None):
        super().__init__(dtype)
        self.blank = as_integer(self, "blank", blank, 0)
        self.size_average = as_flag(size_average)
        self.zero_infinity = as_flag(zero_infinity, False)

    @np.errstate(all="ignore")  # of infinite and NaN log-probabilities
    def forward(self, y, target):
        rows, labels, n_times, n_labels = self._arguments(y, target)
        self.C = 0.0
        if rows.shape[1]:
            self._sum(rows, labels, n_times, n_labels)
            losses = -self._alignments.total
            if self.zero_infinity:
                losses[np.isinf(losses)] = 0
            self.C = float(np.add.reduce(losses * self._scale(n_labels)))
        return self.C

    @np.errstate(all="ignore")
    def backward(self, y, target):
        rows, labels, n_times, n_labels = self._arguments(y, target)
        self.dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        for t, share in self._shares(rows, labels, n_times, n_labels, self.dC_dy):
            np.multiply(share, self._factor(n_labels), out=share)
            self.dC_dy[t] = share.reshape(self.dC_dy.shape[1:])
        return self.dC_dy

    def _shares(self, rows, labels, n_times, n_labels, out, dy=None):
        """Fill ``out`` with 0, and yield (t, what classes share at time t).

        With a direction ``dy``, yield how that changes instead.
        """
        out.fill(0)
        if not rows.size:
            return
        index = self._sum(rows, labels, n_times, n_labels)
        alignments = self._alignments
        total = alignments.total.copy()
        if self.zero_infinity:
            total[np.isinf(total)] = np.inf  # a share of nothing is nothing
        lengths = n_times, n_labels, total
        if dy is None:
            shares = alignments.shares(*lengths)
        else:
            turns = self.work("turns", alignments.shape, np.float64)
            turns.reshape(len(dy), -1)[...] = dy.reshape(len(dy), -1)[:, index]
            shares = alignments.turned_shares(turns, *lengths)
        flat = self.work("row", (rows.shape[1] * rows.shape[2],), np.float64)
        for t, share in shares:
            flat.fill(0)
            np.add.at(flat, index, share.reshape(-1))  # blanks, and labels, recur
            yield t, flat.reshape(rows.shape[1:])

    def _factor(self, n_labels):
        return -self._scale(n_labels)[:, None]

    def _scale(self, n_labels):
        if not self.size_average:
            return np.ones(len(n_labels))
        return 1 / (len(n_labels) * np.maximum(n_labels, 1))

    def _sum(self, y, labels, n_times, n_labels):
        """Sum over alignments, unless that is done; return the places of states."""
        most_times, n_samples, n_classes = y.shape
        shape = most_times, 2 * labels.shape[1] + 1, n_samples
        index = self.work("index", shape[1:], np.intp)
        index.fill(self.blank)
        index[1::2] = labels.T
        np.add(index, np.arange(n_samples) * n_classes, out=index)
        if not y.flags.c_contiguous:
            copy = self.work("y", y.shape, y.dtype)
            copy[...] = y
            y = copy
        scores = self.work("scores", shape, y.dtype)
        flat, columns = index.reshape(-1), y.reshape(most_times, n_samples * n_classes)
        columns.take(flat, 1, scores.reshape(most_times, len(flat)), "clip")
        key = [scores, index, n_times, n_labels]
        if self._alignments is None or self._alignments.shape != shape:
            self._alignments, self._summed = TurningAlignments(*shape), TableSnapshot()
        if not self._summed.equals(key):
            self._alignments.scores[...] = scores
            skip = self._alignments.skip
            skip.fill(-np.inf)
            skip[1::2] = 0
            np.copyto(skip[3::2], -np.inf, where=index[3::2] == index[1:-2:2])
            self._alignments.sum_ahead(n_times, n_labels)
            self._summed.take(key)
        return flat

    def _arguments(self, y, target):
        """Return y as (T, N, C) and what `label_sequences` does, once checked."""
        check(self, "y", y, (...,))
        if y.ndim == 2:
            y = y[:, None]
        check(self, "y", y, (None, None, None))
        if not 0 <= self.blank < y.shape[2]:
            raise ValueError(
                f"{self!r}: y has {y.shape[2]} classes, expected more than "
                f"{self.blank}, the blank"
            )
        return y, *label_sequences(self, target, y.shape, self.blank)

    def __repr__(self):
        return describe(self, blank=0, size_average=True, zero_infinity=False)
