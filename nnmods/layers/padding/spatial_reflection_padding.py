"""SpatialReflectionPadding: the image's mirror image around images."""

from nnmods.layers.padding.border import SpatialBorder


class SpatialReflectionPadding(SpatialBorder):
    """Put a border around images that mirrors them, their ends not repeated.

    ::

        y[n, c, o]     = x[n, c, p(o)]
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the o with p(o) = p

    p(o) along each axis is o less the border before the image, mirrored at the image's
    first and last entry. Torch7 reads beyond the image where a border is as wide as it.


    Parameters
    ----------
    pad_l : int
        Entries added on the left; a negative number cuts off.
    pad_r, pad_t, pad_b : int, default=None
        Those on the right, the top and the bottom; None is as on the left.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or a border has not at least one
        entry less than it; or if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialReflectionPadding``.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialReflectionPadding(2, 1, 0, 0)(np.array([[[1.0, 2.0, 3.0]]]))
    array([[[3., 2., 1., 2., 3., 2.]]])
    """

    mirrored = True
