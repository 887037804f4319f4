"""SpatialSubtractiveNormalization: images less their local mean."""

import numpy as np

from nnmods.kernels.layout import rolled
from nnmods.layers.normalization.channel_moments import quiet
from nnmods.layers.normalization.neighbourhood import Neighbourhood


class SpatialSubtractiveNormalization(Neighbourhood):
    """Image less the weighted mean of its neighbourhood, over all planes.

    ::

        mean  = L(sum_c(x)) / coef
        y     = x - mean                            (the same for each plane)
        dC_dx = dC_dy - LT(sum_c(dC_dy) / coef)

        d2C_dx2 = d2C_dy2 * (1 - 2 * l / coef) + LLT(sum_c(d2C_dy2) / coef**2)
        l, LLT  = L's weight of a place itself; LT with squared weights

    L, its transpose LT and coef, which makes up for the edges, are those of
    `Neighbourhood`. [1]_

    Parameters
    ----------
    n_input_plane : int or None, default=1
        C, the number of planes. None means the default, here and below.
    kernel : array_like or None, default=np.ones((9, 9))
        The weights, of one axis (for rows and columns) or two, of odd length. Their
        sum does not matter.

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
    >>> norm = SpatialSubtractiveNormalization(1, np.ones(3))
    >>> norm(np.array([[[1.0, 2.0, 6.0]]]))
    array([[[-0.5, -1. ,  2. ]]])
    """

    curved = False

    def _forward(self, x, out):
        with quiet():
            self._subtract(rolled(x), rolled(out))

    def _backward(self, x, dC_dy, out):
        with quiet():
            self._subtract_transposed(rolled(dC_dy), rolled(out))

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)

    def _square(self, x, h, out):
        h, out = rolled(h), rolled(out)
        s = self._sum(h, out.dtype)
        coef = self._coef(s)
        np.divide(np.divide(s, coef, out=s), coef, out=s)
        np.multiply(h, 1 - 2 * self._own_weight() / coef, out=out)
        np.add(out, self._local_of_squares(s), out=out)

    def __repr__(self):
        return f"SpatialSubtractiveNormalization({self._kernel_text()})"
