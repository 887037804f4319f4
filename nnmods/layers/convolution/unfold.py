"""Unfold: the windows of images as columns."""

from math import prod

from nnmods.layers.convolution.window_map import WindowMap


class Unfold(WindowMap):
    """The windows of an image side by side, as the columns of a matrix (im2col).

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``, and
    taps k and positions o in row-major order::

        y[n, (c, k), o] = x[n, c, p]
        dC_dx[n, c, p]  = sum_{k, o -> p} dC_dy[n, (c, k), o]

    Parameters
    ----------
    kernel_size, dilation, padding, stride : int or sequence of int
        PyTorch's arguments in its order: one number for all spatial axes (1, 0 and 1
        where not given), or one for each. There are as many axes as the first sequence
        has entries; 2 without one.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, *S) or (C, *S), is smaller than a window, or ``dC_dy``
        is not shaped like ``y``.

    References
    ----------
    .. [1] PyTorch, ``torch.nn.Unfold``.

    Examples
    --------
    >>> import numpy as np
    >>> Unfold(2)(np.arange(6.0).reshape(1, 2, 3))
    array([[0., 1.],
           [1., 2.],
           [3., 4.],
           [4., 5.]])
    """

    def __init__(self, kernel_size, dilation=None, padding=None, stride=None):
        super().__init__()
        self.axes = self._place(kernel_size, dilation, padding, stride)

    def output_shape(self, shape):
        N, channels, *size = shape
        count = self._count(tuple(size))
        if min(count) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {tuple(size)}, which has {count} "
                "windows, expected at least 1 along each axis"
            )
        return N, channels * self._taps(), prod(count)

    def _forward(self, x, out):
        self._unfold(x, out)

    def _backward(self, x, dC_dy, out):
        self._fold(dC_dy, out)

    def __repr__(self):
        return f"Unfold({self._shown()})"
