"""Fold: images as the sum of their windows."""

from math import prod

from nnmods.core import check
from nnmods.layers.convolution.window_map import WindowMap


class Fold(WindowMap):
    """Images as the sum of overlapping windows, given as columns (col2im).

    With ``p = o * stride + k * dilation - padding``, taps k and positions o in
    row-major order, and what falls into the padding dropped::

        y[n, c, p]          = sum_{k, o -> p} x[n, (c, k), o]
        dC_dx[n, (c, k), o] = dC_dy[n, c, p]          (0 in the padding)

    It is the transpose of `Unfold`, not its inverse.

    Parameters
    ----------
    output_size : int or sequence of int
        The spatial size S of y.
    kernel_size, dilation, padding, stride : int or sequence of int
        PyTorch's arguments in its order: one number for all spatial axes (1, 0 and 1
        where not given), or one for each. There are as many axes as the first sequence
        has entries; 2 without one.

    Raises
    ------
    ValueError
        If no window fits, ``x`` is not (N, C * taps, L) or (C * taps, L) with L
        windows in an image of ``output_size``, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] PyTorch, ``torch.nn.Fold``.

    Examples
    --------
    >>> import numpy as np
    >>> Fold((2, 3), 2)(np.ones((4, 2)))
    array([[[1., 2., 1.],
            [1., 2., 1.]]])
    """

    axes = 1

    def __init__(
        self, output_size, kernel_size, dilation=None, padding=None, stride=None
    ):
        super().__init__()
        axes = self._place(kernel_size, dilation, padding, stride, output_size)
        self.output_size = self._setting("output_size", output_size, axes, 1)
        if min(self._count(self.output_size)) < 1:
            raise ValueError(
                f"Fold: output_size is {self.output_size}, expected at least one "
                f"window of {self._shown()} along each axis"
            )

    def output_shape(self, shape):
        return shape[0], shape[1] // self._taps(), *self.output_size

    def _batch(self, name, x):
        single = getattr(x, "ndim", None) == 2
        lengths = None, prod(self._count(self.output_size))
        check(self, name, x, lengths if single else (None, *lengths))
        channels = x.shape[-2]
        if channels % self._taps():
            raise ValueError(
                f"{self!r}: {name} has {channels} rows, expected a multiple of "
                f"{self._taps()}, the kernel's size"
            )
        return x[None] if single else x

    def _forward(self, x, out):
        self._fold(x, out)

    def _backward(self, x, dC_dy, out):
        self._unfold(dC_dy, out)

    def __repr__(self):
        size = "x".join(map(str, self.output_size))
        return f"Fold({size}, {self._shown()})"
