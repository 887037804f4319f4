"""TripletMarginCriterion: nearer to the like than to the unlike."""

import numpy as np

from nnmods.core import Criterion, check
from nnmods.core.dtypes import promote
from nnmods.core.options import as_number
from nnmods.core.tables import check_table, reuse_table
from nnmods.criterions.norms import norm, norm_slope
from nnmods.criterions.options import as_flag, as_positive, describe
from nnmods.criterions.triplet_curvature import TripletCurvature


class TripletMarginCriterion(TripletCurvature, Criterion):
    """Hinge loss of two distances: an anchor's to its like, and to its unlike.

    ::

        d(a, b) = ||a - b + eps||_p                along the last axis
        gap     = margin + d(a, b) - d(a, c)       of the anchor a, b, c = y
        C       = scale * sum(max(0, gap))
        dC_da   = k * (s_ab - s_ac)                with s the gradients of the norms
        dC_db   = -k * s_ab
        dC_dc   = k * s_ac
        k       = scale where gap >= 0, else 0
        scale   = 1 / number of distances, or 1 without size_average

    With ``swap``, d(b, c) takes the place of d(a, c) where it is smaller. Exactly at
    the margin there is a gradient. There is no target: one is taken, and not looked at.

    Parameters
    ----------
    margin : float, default=1.0
    p : float, default=2.0
        Of the norm: above 0, np.inf for the largest entry.
    eps : float, default=1e-6
    swap : bool, default=False
    size_average : bool, default=True
        Whether to divide by the number of distances: N for vectors (N, D).
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If ``p`` is not above 0, ``y`` has other than three entries, or their shapes
        differ or are ().

    References
    ----------
    V. Balntas, E. Riba, D. Ponsa, K. Mikolajczyk, "Learning local feature descriptors
    with triplets and shallow convolutional neural networks", BMVC 2016.

    Examples
    --------
    >>> cost = TripletMarginCriterion(eps=0)
    >>> y = [np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), np.array([[0.0, 2.0]])]
    >>> cost(y), cost.backward(y)[1]  # 1 + 5 - 2
    (4.0, array([[0.6, 0.8]]))
    """

    def __init__(
        self, margin=1.0, p=2.0, eps=1e-6, swap=False, size_average=True, *, dtype=None
    ):
        super().__init__(dtype)
        self.margin = as_number(self, "margin", margin, 1.0)
        self.p = as_positive(self, "p", p, 2.0)
        self.eps = as_number(self, "eps", eps, 1e-6)
        self.swap = as_flag(swap, False)
        self.size_average = as_flag(size_average)

    @np.errstate(all="ignore")  # of infinite and NaN distances
    def forward(self, y, target=None):
        a, b, c = self._triplet(y)
        gap = self._gaps(a, b, c)[-1]
        np.maximum(gap, 0, out=gap)
        self.C = float(np.add.reduce(gap, axis=None)) * self._scale(gap)
        return self.C

    @np.errstate(all="ignore")
    def backward(self, y, target=None):
        a, b, c = self._triplet(y)
        self.dC_dy = reuse_table(self.dC_dy, self, [a, b, c])
        s_near, s_far, d_near, d_far, swapped, gap = self._gaps(a, b, c)
        k = self._slopes(gap)
        for s, d in ((s_near, d_near), (s_far, d_far)):
            norm_slope(s, d, self.p, self.work)
            np.multiply(s, k, out=s)
        self._share(s_near, s_far, swapped, *self.dC_dy)
        return self.dC_dy

    def _slopes(self, gap):
        """Return k, in the memory of ``gap``."""
        np.heaviside(gap, 1.0, out=gap)
        return np.multiply(gap, self._scale(gap), out=gap)

    def _share(self, near, far, swapped, by_a, by_b, by_c):
        """Write what differences a - b, and a - c or b - c, bring to a, b and c."""
        np.negative(near, out=by_b)
        by_c[...] = far
        if swapped is None:
            np.subtract(near, far, out=by_a)
            return
        np.subtract(by_b, far, out=by_b, where=swapped)
        np.copyto(by_a, near)
        np.logical_not(swapped, out=swapped)
        np.subtract(by_a, far, out=by_a, where=swapped)

    def _triplet(self, y):
        """Return the three arrays, once checked."""
        check_table(self, "y", y, 3)
        check(self, "y[0]", y[0], (..., None))
        check(self, "y[1]", y[1], y[0].shape)
        check(self, "y[2]", y[2], y[0].shape)
        return y

    def _gaps(self, a, b, c):
        """Return both differences, both norms, where the latter swapped, and gap."""
        dtype, p, work = promote(self, (a, b, c)), self.p, self.work
        near = self._difference("near", a, b, dtype)
        far = self._difference("far", a, c, dtype)
        d_near, d_far = norm(near, p, work, "d_near"), norm(far, p, work, "d_far")
        swapped = None
        if self.swap:
            other = self._difference("other", b, c, dtype)
            d_other = norm(other, p, work, "d_other")
            swapped = work("swapped", d_far.shape, np.bool_)
            np.less(d_other, d_far, out=swapped)
            np.copyto(far, other, where=swapped)
            np.copyto(d_far, d_other, where=swapped)
        gap = work("gap", d_far.shape, dtype)
        np.subtract(d_near, d_far, out=gap)
        np.add(gap, self.margin, out=gap)
        return near, far, d_near, d_far, swapped, gap

    def _difference(self, name, a, b, dtype):
        """Return a - b + eps, in scratch memory."""
        out = self.work(name, a.shape, dtype)
        np.subtract(a, b, out=out, dtype=dtype)
        return np.add(out, self.eps, out=out)

    def _scale(self, gap):
        return 1 / gap.size if self.size_average and gap.size else 1.0

    def __repr__(self):
        return describe(
            self, margin=1.0, p=2.0, eps=1e-6, swap=False, size_average=True
        )
