"""PixelShuffle: channels dealt out to the pixels of a larger image."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.layers.flat_images import FlatImages


class PixelShuffle(FlatImages):
    """Deal out r^2 channels to the blocks of r x r pixels of one.

    ::

        y[n, c, r i + a, r j + b] = x[n, c r^2 + a r + b, i, j],   a, b = 0 ... r - 1

    and dC_dx is dC_dy sent back the same way [1]_.

    Parameters
    ----------
    upscale_factor : int
        r, 1 or more.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C r^2, H, W) or (C r^2, H, W), or ``dC_dy`` is not shaped
        like ``y``.

    References
    ----------
    .. [1] W. Shi et al., "Real-time single image and video super-resolution using an
           efficient sub-pixel convolutional neural network", CVPR 2016.

    Examples
    --------
    >>> PixelShuffle(2)(np.arange(4.0).reshape(4, 1, 1))
    array([[[0., 1.],
            [2., 3.]]])
    """

    axes = 2

    def __init__(self, upscale_factor):
        super().__init__()
        self.upscale_factor = as_size("PixelShuffle", "upscale_factor", upscale_factor)
        if self.upscale_factor < 1:
            raise ValueError(
                f"PixelShuffle: upscale_factor is {upscale_factor}, expected at least 1"
            )

    def output_shape(self, shape):
        N, C, H, W = shape
        r = self.upscale_factor
        if C % (r * r):
            raise ValueError(
                f"{self!r}: x has {C} channels, expected a multiple of {r * r}"
            )
        return N, C // (r * r), H * r, W * r

    def _forward(self, x, out):
        np.copyto(self._blocks(out), self._split(x))

    def _backward(self, x, dC_dy, out):
        np.copyto(self._split(out), self._blocks(dC_dy))

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)

    def _split(self, x):
        """Return ``x`` as the view (C, r, r, H, W, N)."""
        N, C, H, W = x.shape
        r = self.upscale_factor
        split = x.reshape(N, C // (r * r), r, r, H, W, copy=False)
        return split.transpose(1, 2, 3, 4, 5, 0)

    def _blocks(self, y):
        """Return ``y`` as the view (C, r, r, H, W, N)."""
        N, C, H, W = y.shape
        r = self.upscale_factor
        split = y.reshape(N, C, H // r, r, W // r, r, copy=False)
        return split.transpose(1, 3, 5, 2, 4, 0)

    def __repr__(self):
        return f"PixelShuffle({self.upscale_factor})"
