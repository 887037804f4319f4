"""SpatialReplicationPadding: repeated ends around images."""

from nnmods.layers.padding.border import SpatialBorder


class SpatialReplicationPadding(SpatialBorder):
    """Put a border around images that repeats their outermost entries.

    ::

        y[n, c, o]     = x[n, c, p(o)]
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the o with p(o) = p

    p(o) along each axis is o less the border before the image, or the nearest entry of
    the image where that is outside.

    Parameters
    ----------
    pad_l : int
        Entries added on the left; a negative number cuts off.
    pad_r, pad_t, pad_b : int, default=None
        Those on the right, the top and the bottom; None is as on the left.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or nothing of ``y`` would be left; or
        if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialReplicationPadding``.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialReplicationPadding(2, 1, 0, 0)(np.array([[[1.0, 2.0, 3.0]]]))
    array([[[1., 1., 1., 2., 3., 3.]]])
    """

    mirrored = False
