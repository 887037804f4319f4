"""Upsample: images of any number of axes resized, as PyTorch does."""

from nnmods.kernels.resize_maps import corner_map, cubic_map, linear_map, nearest_map
from nnmods.layers.upsampling.batches import Batches
from nnmods.layers.upsampling.scaling import check_not_empty

#: Of each mode the numbers of spatial axes it is for.
MODES = {
    "nearest": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "trilinear": (3,),
    "bicubic": (2,),
}


class Upsample(Batches):
    """Resize images to a size or by a factor, as PyTorch's class does.

    ::

        y     = x, with A_i applied along each spatial axis i
        dC_dx = dC_dy, with A_i^T applied along each spatial axis i

    Row o of A_i holds the shares of the inputs around the place of output o, with S the
    size of x, O that of y, and step = S / O, or 1 / factor where that is given:

    - "nearest": one input, floor(o * step);
    - "linear", "bilinear", "trilinear": two inputs, around (o + 1/2) step - 1/2, which
      is 0 where it is negative;
    - "bicubic": four inputs around the same place, weighted by cubic convolution with
      a = -3/4;
    - with ``align_corners``, around o (S - 1) / (O - 1) instead: the corners stay.

    Parameters
    ----------
    size : int or tuple of int, default=None
        That of y, for all spatial axes or for each.
    scale_factor : float or tuple of float, default=None
        Or how much larger y is: its size is rounded down.
    mode : str, default="nearest"
        One of the above: "linear" for (N, C, W), "bilinear" and "bicubic" for
        (N, C, H, W), "trilinear" for (N, C, D, H, W), "nearest" for all three.
    align_corners : bool, default=False
        Not with "nearest".

    Raises
    ------
    ValueError
        If not just one of ``size`` and ``scale_factor`` is given, or the mode is
        another one; if ``x`` has another number of axes, y would be empty, or ``dC_dy``
        is not shaped like ``y``.

    References
    ----------
    .. [1] PyTorch, ``torch.nn.Upsample``.

    Examples
    --------
    >>> import numpy as np
    >>> Upsample(scale_factor=2, mode="linear")(np.array([[[0.0, 4.0]]]))
    array([[[0., 1., 3., 4.]]])
    """

    def __init__(
        self, size=None, scale_factor=None, mode="nearest", align_corners=False
    ):
        super().__init__()
        if (size is None) == (scale_factor is None):
            raise ValueError(
                f"Upsample: size is {size} and scale_factor is {scale_factor}, "
                "expected just one of them"
            )
        if mode not in MODES:
            raise ValueError(f"Upsample: mode is {mode!r}, expected one of {[*MODES]}")
        if mode == "nearest" and align_corners:
            raise ValueError(
                "Upsample: align_corners is True, expected False for mode 'nearest'"
            )
        self.size = tuple(size) if isinstance(size, (tuple, list)) else size
        if isinstance(scale_factor, (tuple, list)):
            scale_factor = tuple(scale_factor)
        self.scale_factor = scale_factor
        self.mode = mode
        self.align_corners = bool(align_corners)
        self.several = MODES[mode]

    def _maps(self, size):
        check_not_empty(self, size)
        axes = len(size)
        given = self.size if self.size is not None else self.scale_factor
        given = given if isinstance(given, tuple) else (given,) * axes
        if len(given) != axes:
            raise ValueError(
                f"{self!r}: x has {axes} spatial axes, expected {len(given)}"
            )
        if self.size is not None:
            counts = given
            steps = [n / o if o else 0 for n, o in zip(size, given, strict=True)]
        else:
            counts = [int(n * f) for n, f in zip(size, given, strict=True)]
            steps = [1 / f if f else 0 for f in given]
        if min(counts) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {size}, which gives {tuple(counts)}, "
                "expected at least 1 along each axis"
            )
        return tuple(map(self._map, size, counts, steps))

    def _map(self, size, count, step):
        if self.mode == "nearest":
            return nearest_map(size, count, step)
        if self.mode == "bicubic":
            if self.align_corners:
                step = (size - 1) / (count - 1) if count > 1 else 0
            return cubic_map(size, count, step, self.align_corners)
        if self.align_corners:
            return corner_map(size, count)
        return linear_map(size, count, step)

    def __repr__(self):
        size = f"size={self.size}"
        if self.size is None:
            size = f"scale_factor={self.scale_factor}"
        mode = f", mode={self.mode!r}" if self.mode != "nearest" else ""
        corners = ", align_corners=True" if self.align_corners else ""
        return f"Upsample({size}{mode}{corners})"
