"""SpatialUpSamplingNearest: each pixel of images repeated."""

from nnmods.core.arrays import as_size
from nnmods.kernels.resize_maps import repeated_map
from nnmods.layers.upsampling.separable import Separable


class SpatialUpSamplingNearest(Separable):
    """Repeat each pixel in both directions.

    ::

        y[n, c, i, j]     = x[n, c, i // scale, j // scale]
        dC_dx[n, c, i, j] = sum of dC_dy over the block of (i, j)

    Parameters
    ----------
    scale : int
        2 or more.

    Raises
    ------
    ValueError
        If ``scale`` is below 2; if ``x`` is not (N, C, H, W) or (C, H, W), or ``dC_dy``
        is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialUpSamplingNearest``.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialUpSamplingNearest(2)(np.array([[[1.0, 2.0]]]))
    array([[[1., 1., 2., 2.],
            [1., 1., 2., 2.]]])
    """

    axes = 2

    def __init__(self, scale):
        super().__init__()
        self.scale = as_size("SpatialUpSamplingNearest", "scale", scale)
        if self.scale < 2:
            raise ValueError(
                f"SpatialUpSamplingNearest: scale is {scale}, expected at least 2"
            )

    def _maps(self, size):
        return tuple(repeated_map(n, self.scale) for n in size)

    def __repr__(self):
        return f"SpatialUpSamplingNearest({self.scale})"
