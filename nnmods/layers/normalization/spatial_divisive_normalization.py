"""SpatialDivisiveNormalization: images over their local spread."""

from nnmods.core.arrays import same_memory
from nnmods.kernels.layout import rolled
from nnmods.layers.normalization.channel_moments import quiet
from nnmods.layers.normalization.divisive_curvature import DivisiveCurvature


class SpatialDivisiveNormalization(DivisiveCurvature):
    """Image over the root mean square of its neighbourhood, over all planes.

    ::

        s     = sqrt(L(sum_c(x**2)))
        t     = s / coef where that is > threshold, else thresval
        y     = x / t                               (the same for each plane)
        dC_dx = dC_dy / t - x * LT(slope * sum_c(x * dC_dy) / t**2)
        slope = 1 / (coef * s) where t = s / coef and s > 0, else 0

    L, its transpose LT and coef, which makes up for the edges, are those of
    `Neighbourhood`; second derivatives are those of `DivisiveCurvature`. [1]_

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
    >>> norm = SpatialDivisiveNormalization(1, np.ones(1))
    >>> norm(np.array([[[-3.0, 0.0, 5.0]]]))
    array([[[-1.,  0.,  1.]]])
    """

    def __init__(self, n_input_plane=None, kernel=None, threshold=None, thresval=None):
        super().__init__(n_input_plane, kernel)
        self._set_threshold(threshold, thresval)

    def _forward(self, x, out):
        self._measured = None
        with quiet():
            self._divide(rolled(x), rolled(out))
        self._measured = x

    def _backward(self, x, dC_dy, out, transpose=True):
        with quiet():
            self._measure(x, out)
            self._divide_product(rolled(x), rolled(dC_dy), rolled(out), transpose)

    def _jvp(self, x, dx, dparams, out):
        self._backward(x, dx, out, transpose=False)

    def _turn(self, x, dC_dy, dx, out):
        self._measure(x, out)
        self._turn_quotient(rolled(x), rolled(dC_dy), rolled(dx), rolled(out))

    def _square(self, x, h, out):
        self._measure(x, out)
        self._square_quotient(rolled(x), rolled(h), rolled(out))

    def _add_own(self, x, dC_dy, out):
        self._add_own_quotient(rolled(x), rolled(dC_dy), rolled(out))

    def _measure(self, x, out):
        if self._measured is None or not same_memory(x, self._measured):
            self._forward(x, out)

    def __repr__(self):
        text = self._kernel_text() + self._threshold_text()
        return f"SpatialDivisiveNormalization({text})"
