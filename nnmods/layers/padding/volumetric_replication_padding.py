"""VolumetricReplicationPadding: repeated ends around volumes."""

from nnmods.layers.padding.border import Border


class VolumetricReplicationPadding(Border):
    """Put a border around volumes that repeats their outermost entries.

    ::

        y[n, c, o]     = x[n, c, p(o)]
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the o with p(o) = p

    p(o) along each axis is o less the border before the volume, or that of the nearest
    entry of the volume.

    Parameters
    ----------
    p_left : int
        Entries added on the left; a negative number cuts off.
    p_right, p_top, p_bottom, p_front, p_back : int, default=None
        Those at the other sides; None is as on the left.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, D, H, W) or (C, D, H, W), or nothing of ``y`` would be
        left; or if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricReplicationPadding``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 2.0, 3.0]]]])
    >>> VolumetricReplicationPadding(2, 1, 0, 0, 0, 0)(x)
    array([[[[1., 1., 1., 2., 3., 3.]]]])
    """

    axes = 3
    mirrored = False

    def __init__(
        self, p_left, p_right=None, p_top=None, p_bottom=None, p_front=None, p_back=None
    ):
        super().__init__()
        names = ("p_left", "p_right", "p_top", "p_bottom", "p_front", "p_back")
        self._setup(names, (p_left, p_right, p_top, p_bottom, p_front, p_back))
