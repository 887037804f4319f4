"""BCECriterion: the cross-entropy of yes and no."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion
from nnmods.criterions.options import (
    as_weights,
    check_range,
    check_weights,
    describe,
)

#: Keeps the logarithms finite at y = 0 and y = 1, as in Torch7.
EPS = 1e-12


class BCECriterion(ElementwiseCriterion):
    """Binary cross-entropy of probabilities y, such as `Sigmoid` gives.

    ::

        C     = -scale * sum(w * (t log(y + eps) + (1 - t) log(1 - y + eps)))
        dC_dy =  scale * w * (y - t) / ((y + eps) * (1 - y + eps))
        H     =  scale * w * (t / (y + eps)^2 + (1 - t) / (1 - y + eps)^2)
        scale = 1 / number of entries of y, or 1 without size_average

    with t the target, from 0 to 1, eps = 1e-12, and H the diagonal of the Hessian. The
    weights do not enter the divisor.

    Parameters
    ----------
    weights : array_like, default=None
        w, of the last axes of y: one weight for each output, the same in all samples.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        Of the weights, and in which y of integers is computed.

    Attributes
    ----------
    weights : ndarray or None

    Raises
    ------
    ValueError
        If an entry of ``y`` lies outside [0, 1] (NaN passes), ``target`` is not shaped
        like ``y``, or the weights do not fit it.

    Examples
    --------
    >>> bce = BCECriterion()
    >>> y, target = np.array([0.5, 0.75]), np.array([1.0, 0.0])
    >>> round(bce(y, target), 4), bce.backward(y, target)
    (1.0397, array([-1.,  2.]))
    """

    def __init__(self, weights=None, size_average=True, *, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.weights = as_weights(self, weights)

    def c(self, y, target, out):
        no = self.work("no", y.shape, out.dtype)
        share = self.work("share", y.shape, out.dtype)
        np.add(y, EPS, out=out)
        np.log(out, out=out)
        np.multiply(out, target, out=out)
        self._complement(y, no)
        np.log(no, out=no)
        np.subtract(1, target, out=share, dtype=out.dtype)
        np.multiply(no, share, out=no)
        np.add(out, no, out=out)
        np.multiply(out, -1 if self.weights is None else self.weights, out=out)
        if self.weights is not None:
            np.negative(out, out=out)

    def dc(self, y, target, scale, out):
        divisor = self.work("no", y.shape, out.dtype)
        yes = self.work("share", y.shape, out.dtype)
        self._complement(y, divisor)
        np.add(y, EPS, out=yes)
        np.multiply(divisor, yes, out=divisor)
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.divide(out, divisor, out=out)
        np.multiply(out, scale, out=out)
        if self.weights is not None:
            np.multiply(out, self.weights, out=out)

    def d2c(self, y, target, scale, out):
        no = self.work("no", y.shape, out.dtype)
        share = self.work("share", y.shape, out.dtype)
        np.add(y, EPS, out=out, dtype=out.dtype)
        np.square(out, out=out)
        np.divide(target, out, out=out)
        self._complement(y, no)
        np.square(no, out=no)
        np.subtract(1, target, out=share, dtype=out.dtype)
        np.divide(share, no, out=no)
        np.add(out, no, out=out)
        np.multiply(out, scale, out=out)
        if self.weights is not None:
            np.multiply(out, self.weights, out=out)

    def _complement(self, y, out):
        """Write 1 - y + eps into ``out``, in this order: 1 + eps may round to 1."""
        np.subtract(1, y, out=out, dtype=out.dtype)
        np.add(out, EPS, out=out)

    def _compared(self, y, target):
        target = super()._compared(y, target)
        check_weights(self, y)
        check_range(self, "y", y, 0, 1, "; a Sigmoid gives such")
        return target

    def __repr__(self):
        return describe(self, weights=None, size_average=True)
