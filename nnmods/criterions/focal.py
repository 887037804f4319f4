"""FocalCriterion: labels, with the easy samples played down."""

import numpy as np

from nnmods.core import check
from nnmods.core.options import as_number
from nnmods.criterions.focal_curvature import FocalCurvature
from nnmods.criterions.labels import as_labels, as_rows
from nnmods.criterions.options import describe
from nnmods.criterions.picking import total_cost
from nnmods.criterions.softmax import SoftMaxCriterion


class FocalCriterion(FocalCurvature, SoftMaxCriterion):
    """Cross-entropy of scores that plays down what is classified well already.

    ::

        p[n, c]     = exp(y[n, c]) / sum_c exp(y[n, c])
        q[n]        = p[n, t_n]
        C           = -scale * sum_n w[t_n] * (1 - q[n])^gamma * log(q[n])
        dC_dy[n, c] =  k[n] * (p[n, c] - 1 where c = t_n, else p[n, c])
        k           =  scale * w[t] * (1 - q)^gamma * (1 - gamma * q * log(q) / (1 - q))
        scale       = 1 / sum_n w[t_n], or 1 without size_average

    with t the target, and w what the paper calls alpha. The sums leave out the samples
    whose label is ``ignore_index``. With gamma = 0 it is `CrossEntropyCriterion`.
    Scores of any size are right.

    Parameters
    ----------
    gamma : float, default=2.0
        0 or more.
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
        If ``gamma`` is negative, ``y`` is not (N, C, ...) with a ``target`` of
        (N, ...), or (C,) with one label, or if a label is not whole and from 0 to
        C - 1.

    References
    ----------
    T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollar, "Focal loss for dense object
    detection", ICCV 2017, eq. (5).

    Examples
    --------
    >>> cost = FocalCriterion()
    >>> y, target = np.log([[1.0, 3.0]]), np.array([1])
    >>> round(cost(y, target), 6)  # -log(3/4) / 16
    0.01798
    """

    def __init__(
        self,
        gamma=2.0,
        weights=None,
        size_average=True,
        ignore_index=-100,
        *,
        dtype=None,
    ):
        super().__init__(weights, size_average, ignore_index, dtype=dtype)
        self.gamma = as_number(self, "gamma", gamma, 2.0)
        if not self.gamma >= 0:
            raise ValueError(
                f"FocalCriterion: gamma is {self.gamma}, expected 0 or more"
            )

    def forward(self, y, target):
        rows, parts, (index, w, ignored, scale) = self._arguments(y, target)
        self.C = 0.0
        if rows.size and scale:
            log_q = self.work("log_q", parts.loss.shape, parts.loss.dtype)
            parts.each(self._likelihoods, rows, index, log_q, parts.loss)
            np.multiply(log_q, parts.loss, out=parts.loss)
            self.C = -scale * total_cost(parts.loss, w, ignored)
        return self.C

    def _pull_all(self, rows, parts, found):
        index, w, _, scale = found
        log_q = self.work("log_q", parts.loss.shape, parts.loss.dtype)
        parts.each(self._likelihoods, rows, index, log_q, parts.loss)
        k = self._slope(log_q, parts.loss)
        np.multiply(k, parts.shares(w, scale), out=k)
        if self.dC_dy.ndim < 3:
            parts.each(self._pull, rows, index, k, self.dC_dy.reshape(rows.shape))
            return
        out = self.work("rows of dC_dy", rows.shape, parts.dtype)  # no view for pixels
        parts.each(self._pull, rows, index, k, out)
        last = self._classes_last(self.dC_dy, rows.shape)
        last[...] = out.reshape(last.shape)

    def _likelihoods(self, block, rows, index, log_q, focus):
        """Write log(q) and (1 - q)^gamma, for each row."""
        scores = block.shift(rows)
        scores.take(index, None, log_q, "clip")  # "raise" copies log_q first
        block.exp(scores, rows)
        np.subtract(log_q, np.log(block.total, focus), log_q)
        np.expm1(log_q, focus)
        np.negative(focus, focus)
        np.power(focus, self.gamma, focus)

    def _slope(self, log_q, focus):
        """Return k without scale and weights, in ``focus``."""
        ratio, _ = self._ratio(log_q)
        np.multiply(ratio, self.gamma, out=ratio)
        np.add(ratio, 1, out=ratio)
        return np.multiply(focus, ratio, out=focus)

    def _ratio(self, log_q):
        """Return -q log(q) / (1 - q) and -(1 - q), in scratch memory."""
        ratio = self.work("ratio", log_q.shape, log_q.dtype)
        miss = self.work("miss", log_q.shape, log_q.dtype)
        edge = self.work("edge", log_q.shape, np.bool_)
        np.exp(log_q, out=ratio)
        np.expm1(log_q, out=miss)  # -(1 - q)
        with np.errstate(invalid="ignore"):
            np.multiply(ratio, log_q, out=ratio)
            np.copyto(ratio, 0, where=np.equal(log_q, -np.inf, out=edge))
            np.divide(ratio, miss, out=ratio)  # -q log(q) / (1 - q)
        np.copyto(ratio, 1, where=np.equal(miss, 0, out=edge))
        return ratio, miss

    def _pull(self, block, rows, index, k, out):
        block.hold(rows)
        block.pull(index, k, k, out)

    def _classes_last(self, a, shape):
        return a.reshape(shape) if a.ndim < 3 else np.moveaxis(a, 1, -1)

    def _as_rows(self, y, target):
        if getattr(y, "ndim", 0) < 3:
            return as_rows(self, y, target)
        check(self, "y", y, (...,))
        last = np.moveaxis(y, 1, -1)
        target = as_labels(self, target, last.shape[:-1])
        rows = self.work("rows", last.shape, y.dtype)
        rows[...] = last
        return as_rows(self, rows.reshape(-1, last.shape[-1]), target.reshape(-1))

    def __repr__(self):
        return describe(
            self, gamma=2.0, weights=None, size_average=True, ignore_index=-100
        )
