"""SpatialZeroPadding: a border of zeros around images."""

from nnmods.layers.padding.border import SpatialBorder, interior, is_left


class SpatialZeroPadding(SpatialBorder):
    """Put a border of zeros around images, or cut one off.

    ::

        y     = x with zeros around it
        dC_dx = the part of dC_dy where x stands in y

    Parameters
    ----------
    pad_l : int
        Entries added on the left; a negative number cuts off.
    pad_r, pad_t, pad_b : int, default=None
        Those on the right, the top and the bottom; None is as on the left.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or nothing of it would be left, or
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialZeroPadding``.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialZeroPadding(1, 0, 0, 1)(np.array([[[1.0, 2.0]]]))
    array([[[0., 1., 2.],
            [0., 0., 0.]]])
    """

    def _fits(self, size):
        return is_left(size, self.padding)

    def _forward(self, x, out):
        inside, outside = interior(x.shape[2:], self.padding)
        out.fill(0)
        out[(..., *outside)] = x[(..., *inside)]

    def _backward(self, x, dC_dy, out):
        inside, outside = interior(x.shape[2:], self.padding)
        out.fill(0)
        out[(..., *inside)] = dC_dy[(..., *outside)]
