"""SpatialUpSamplingBilinear: images resized by linear interpolation."""

from nnmods.layers.upsampling.scaling import (
    check_not_empty,
    linear_maps,
    scale_or_sizes,
)
from nnmods.layers.upsampling.separable import Separable


class SpatialUpSamplingBilinear(Separable):
    """Resize images by linear interpolation that keeps the corners in place.

    ::

        y     = A_h x A_w^T,        dC_dx = A_h^T dC_dy A_w

    Row o of A holds the shares of the two inputs around the place o (S - 1) / (O - 1),
    with S the size of x and O that of y. As in Torch7 the places are computed in single
    precision, whatever the data; `Upsample` is exact.

    Parameters
    ----------
    scale : int or dict
        The factor, 1 or more; or the size of y, as ``{"oheight": 5, "owidth": 7}``.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or ``dC_dy`` is not shaped like
        ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialUpSamplingBilinear``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[0.0, 2.0]]])
    >>> SpatialUpSamplingBilinear({"oheight": 1, "owidth": 5})(x)
    array([[[0. , 0.5, 1. , 1.5, 2. ]]])
    """

    axes = 2

    def __init__(self, scale):
        super().__init__()
        self.scale, sizes = scale_or_sizes(type(self).__name__, scale)
        self.output_size = sizes and (sizes["oheight"], sizes["owidth"])

    def _maps(self, size):
        check_not_empty(self, size)
        return linear_maps(size, self.output_size or [n * self.scale for n in size])

    def __repr__(self):
        if self.scale is not None:
            return f"SpatialUpSamplingBilinear({self.scale})"
        height, width = self.output_size
        return f"SpatialUpSamplingBilinear({{'oheight': {height}, 'owidth': {width}}})"
