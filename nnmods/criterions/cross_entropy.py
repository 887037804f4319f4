"""CrossEntropyCriterion: the negative log-likelihood of labels, from raw scores."""

import warnings

import numpy as np

from nnmods.core.options import as_number
from nnmods.criterions.options import describe
from nnmods.criterions.picking import total_cost
from nnmods.criterions.smoothing import (
    even_shares,
    mean_scores,
    mean_weight,
    take_evenly,
)
from nnmods.criterions.softmax import SoftMaxCriterion, are_probabilities


class CrossEntropyCriterion(SoftMaxCriterion):
    """Negative log-likelihood of labels from scores: log-softmax and NLL in one.

    ::

        p[n, c]     = exp(y[n, c]) / sum_c exp(y[n, c])
        C           = -scale * sum_n w[t_n] * log(p[n, t_n])
        dC_dy[n, c] =  scale * w[t_n] * (p[n, c] - 1 where c = t_n, else p[n, c])
        ddC_dy      =  scale * w[t_n] * p * (dy - sum_c(p * dy))       for each sample
        scale       = 1 / sum_n w[t_n], or 1 without size_average

    With s = ``label_smoothing``, a share of each label goes to all K classes alike: C
    is (1 - s) times that above, plus s times ::

        -scale * sum_n sum_c w[c] * log(p[n, c]) / K

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
    label_smoothing : float, default=0.0
        s, from 0 to 1; keeps scores of classes that are always right from growing [1]_.
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
        a label is not whole and from 0 to C - 1, or ``label_smoothing`` from 0 to 1.

    Warns
    -----
    UserWarning
        If ``y`` looks like the output of a `SoftMax`: in [0, 1], with rows of sum 1.

    References
    ----------
    .. [1] C. Szegedy et al., "Rethinking the Inception architecture for computer
           vision", CVPR 2016, section 7.

    Examples
    --------
    >>> cost = CrossEntropyCriterion()
    >>> y, target = np.log([[1.0, 3.0]]), np.array([1])
    >>> round(cost(y, target), 4), cost.backward(y, target)  # -log(3/4)
    (0.2877, array([[ 0.25, -0.25]]))
    """

    def __init__(
        self,
        weights=None,
        size_average=True,
        ignore_index=-100,
        *,
        label_smoothing=0.0,
        dtype=None,
    ):
        super().__init__(weights, size_average, ignore_index, dtype=dtype)
        s = as_number(self, "label_smoothing", label_smoothing, 0.0)
        if not 0 <= s <= 1:
            raise ValueError(
                f"CrossEntropyCriterion: label_smoothing is {s}, expected 0 to 1"
            )
        self.label_smoothing = s

    def forward(self, y, target):
        rows, parts, (index, w, ignored, scale) = self._arguments(y, target)
        self.C = 0.0
        if not rows.size:
            return self.C
        loss, s = parts.loss, self.label_smoothing
        even = self.work("even cost", loss.shape, loss.dtype) if s else None
        parts.each(self._lose, rows, index, loss, even)
        if w is None:
            self.C = scale * float(parts.ones.dot(loss))  # half the time of a reduction
        elif scale:
            self.C = scale * total_cost(loss, w, ignored)
        if s and scale:
            self.C = (1 - s) * self.C + s * scale * total_cost(even, None, ignored)
        if rows.item(0) >= 0 and rows.item(-1) >= 0 and are_probabilities(rows):
            warnings.warn(
                f"{self!r}: y holds probabilities, expected scores; "
                "leave out the SoftMax before it",
                stacklevel=2,
            )
        return self.C

    def _lose(self, block, rows, index, loss, even):
        """Write -log p[n, t_n] to ``loss``, and the mean over classes to ``even``."""
        scores = block.shift(rows)
        scores.take(index, None, loss, "clip")  # "raise" copies first
        if even is not None:  # before exp overwrites the scores
            mean_scores(scores, self.weights, even)
        block.exp(scores, rows)
        log_total = np.log(block.total, block.factor)
        np.subtract(log_total, loss, loss)
        if even is not None:
            np.multiply(log_total, mean_weight(self.weights), log_total)
            np.subtract(log_total, even, even)

    def _pull_all(self, rows, parts, found):
        out = self.dC_dy
        if out.shape != rows.shape:
            out = out.reshape(rows.shape)
        share, whole, even = self._shares(parts, found)
        parts.each(self._pull, rows, found[0], share, whole, even, out)

    def _curvatures(self, rows, parts, found):
        return self._shares(parts, found)[1], None

    def _shares(self, parts, found):
        """Return what of each row goes to its label, to p, and to all alike."""
        _, w, ignored, scale = found
        s, even = self.label_smoothing, None
        share = whole = parts.shares(w, scale * (1 - s))
        if s:
            even = even_shares(scale * s, share, ignored, self.work)
            whole = self.work("whole", share.shape, share.dtype)
            np.multiply(even, mean_weight(self.weights), out=whole)
            np.add(share, whole, out=whole)
        return share, whole, even

    def _pull(self, block, rows, index, share, whole, even, out):
        block.hold(rows)
        block.pull(index, share, whole, out)
        if even is not None:
            take_evenly(block, even, self.weights, out)

    def __repr__(self):
        return describe(
            self,
            weights=None,
            size_average=True,
            ignore_index=-100,
            label_smoothing=0.0,
        )
