"""SpatialContrastiveNormalization: images of even local contrast."""

from nnmods.core.arrays import same_memory
from nnmods.core.second_order import SecondOrder
from nnmods.kernels.layout import rolled
from nnmods.layers.normalization.channel_moments import quiet
from nnmods.layers.normalization.divisive_curvature import DivisiveCurvature


class SpatialContrastiveNormalization(DivisiveCurvature):
    """Image less its local mean, over the local root mean square of that.

    ::

        c     = x - L(sum_c(x)) / coef
        s     = sqrt(L(sum_c(c**2)))
        t     = s / coef where that is > threshold, else thresval
        y     = c / t                               (the same for each plane)
        dC_dc = dC_dy / t - c * LT(slope * sum_c(c * dC_dy) / t**2)
        dC_dx = dC_dc - LT(sum_c(dC_dc) / coef)
        slope = 1 / (coef * s) where t = s / coef and s > 0, else 0

        ddC_dx = ddC_dc - LT(sum_c(ddC_dc) / coef), for a direction less its local mean

    L, its transpose LT and coef, which makes up for the edges, are those of
    `Neighbourhood`, and ddC_dc is that of `DivisiveCurvature`. [1]_

    Parameters
    ----------
    n_input_plane : int or None, default=1
        C, the number of planes. None means the default, here and below.
    kernel : array_like or None, default=np.ones((9, 9))
        The weights, of one axis (for rows and columns) or two, of odd length. Their
        sum does not matter.
    threshold : float or None, default=1e-4
    thresval : float or None, default=threshold
        What to divide by where the spread is not above the threshold.

    Attributes
    ----------
    kernel : ndarray
        The weights divided by their sum and by C.

    Raises
    ------
    ValueError
        If the kernel has other than 1 or 2 axes, an even length or sum 0. If ``x`` is
        not (N, C, H, W) or (C, H, W), or ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    .. [1] K. Jarrett, K. Kavukcuoglu, M. Ranzato, Y. LeCun, "What is the best
           multi-stage architecture for object recognition?", ICCV 2009, section 2.

    Examples
    --------
    >>> import numpy as np
    >>> norm = SpatialContrastiveNormalization(2, np.ones(1))
    >>> norm(np.array([[[1.0]], [[3.0]]])).ravel()
    array([-1.,  1.])
    """

    _results = (*DivisiveCurvature._results, "_centred")
    _centred = None

    def __init__(self, n_input_plane=None, kernel=None, threshold=None, thresval=None):
        super().__init__(n_input_plane, kernel)
        self._set_threshold(threshold, thresval)

    def _forward(self, x, out):
        self._measured = None
        c = self._centred = self.work("centred", rolled(x).shape, out.dtype)
        with quiet():
            self._subtract(rolled(x), c)
            self._divide(c, rolled(out))
        self._measured = x

    def _backward(self, x, dC_dy, out):
        self._measure(x, out)
        with quiet():
            slope = self.work("dC_dc", self._centred.shape, out.dtype)
            self._divide_product(self._centred, rolled(dC_dy), slope, True)
            self._subtract_transposed(slope, rolled(out))

    def _jvp(self, x, dx, dparams, out):
        self._measure(x, out)
        with quiet():
            dc = self.work("dc", self._centred.shape, out.dtype)
            self._subtract(rolled(dx), dc)
            self._divide_product(self._centred, dc, rolled(out), False)

    def _turn(self, x, dC_dy, dx, out):
        self._measure(x, out)
        dc = self.work("dc", self._centred.shape, out.dtype)
        self._subtract(rolled(dx), dc)
        slope = self.work("dC_dc", dc.shape, out.dtype)
        self._turn_quotient(self._centred, rolled(dC_dy), dc, slope)
        self._subtract_transposed(slope, rolled(out))

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        # The neighbours of neighbours are too many for a short formula.
        return SecondOrder.backward_diag_hessian(self, x, d2C_dy2, dC_dy)

    def _measure(self, x, out):
        if self._measured is None or not same_memory(x, self._measured):
            self._forward(x, out)

    def __repr__(self):
        text = self._kernel_text() + self._threshold_text()
        return f"SpatialContrastiveNormalization({text})"
