"""UpSampling: images or volumes made larger."""

from nnmods.kernels.resize_maps import repeated_map
from nnmods.layers.upsampling.batches import Batches
from nnmods.layers.upsampling.scaling import (
    check_not_empty,
    linear_maps,
    scale_or_sizes,
)


class UpSampling(Batches):
    """Resize images or volumes, by repetition or linear interpolation.

    As `SpatialUpSamplingNearest` or `SpatialUpSamplingBilinear` along each axis: with
    mode "nearest" an entry is repeated ``scale`` times, with "linear" output o stands
    at o (S - 1) / (O - 1), S the size of x and O that of y.

    Parameters
    ----------
    scale : int or dict
        The factor, 2 or more for "nearest"; or for "linear" the size of y, as
        ``{"odepth": 4, "oheight": 5, "owidth": 7}``, for images without the first.
    mode : {"nearest", "linear"}, default="nearest"
        "bilinear" and "trilinear" are "linear".

    Raises
    ------
    ValueError
        If the mode is another one, or does not go with ``scale``; if ``x`` is not
        (N, C, H, W) or (N, C, D, H, W), or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``UpSampling``.

    Examples
    --------
    >>> import numpy as np
    >>> UpSampling(2)(np.array([[[[1.0, 2.0]]]]))
    array([[[[1., 1., 2., 2.],
             [1., 1., 2., 2.]]]])
    """

    def __init__(self, scale, mode="nearest"):
        super().__init__()
        mode = "nearest" if mode is None else mode
        if mode in ("bilinear", "trilinear"):
            mode = "linear"
        if mode not in ("nearest", "linear"):
            raise ValueError(
                f"UpSampling: mode is {mode!r}, expected 'nearest' or 'linear'"
            )
        self.mode = mode
        self.scale, self.output_size = scale_or_sizes("UpSampling", scale)
        if mode == "nearest" and (self.scale is None or self.scale < 2):
            raise ValueError(
                f"UpSampling: scale is {scale}, expected a factor of at least 2 for "
                "mode 'nearest'"
            )

    def _maps(self, size):
        check_not_empty(self, size)
        if self.mode == "nearest":
            return tuple(repeated_map(n, self.scale) for n in size)
        if self.scale is not None:
            return linear_maps(size, [n * self.scale for n in size])
        if len(size) == 3 and "odepth" not in self.output_size:
            raise ValueError(
                f"{self!r}: x has spatial size {size}, expected two axes; "
                "volumes need odepth"
            )
        count = [self.output_size[key] for key in ("oheight", "owidth")]
        if len(size) == 3:
            count.insert(0, self.output_size["odepth"])
        return linear_maps(size, count)

    def __repr__(self):
        mode = ", mode='linear'" if self.mode == "linear" else ""
        return f"UpSampling({self.scale or self.output_size}{mode})"
