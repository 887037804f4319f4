"""SpatialMaxPooling: the largest entry of windows of images."""

from nnmods.kernels.max_pooling import max_pool_backward, max_pool_forward, max_pool_jvp
from nnmods.layers.geometry import window_settings
from nnmods.layers.pooling.pooling import Pooling


class SpatialMaxPooling(Pooling):
    """Maximum of each window, over two axes.

    ::

        y[n, c, o]     = max_k x[n, c, p(o, k)],   p = o * stride + k - padding
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the windows whose first maximum,
                         in the order of rows, is at p

    What falls into the padding is never the maximum; NaN always is.

    Parameters
    ----------
    kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: kernel, stride (the kernel's
        size), padding (0).
    kernel_size, stride, padding : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    ceil_mode : bool, default=False
        Whether a last window may hang over the end, as after Torch7's ``:ceil()``.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or too small for a window, or
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialMaxPooling``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4)
    >>> SpatialMaxPooling(2, 2)(x)
    array([[[ 5.,  7.],
            [13., 15.]]])
    """

    axes = 2

    def __init__(
        self,
        kw=None,
        kh=None,
        dw=None,
        dh=None,
        pad_w=None,
        pad_h=None,
        *,
        kernel_size=None,
        stride=None,
        padding=None,
        ceil_mode=False,
    ):
        super().__init__()
        geometry = window_settings(
            "SpatialMaxPooling",
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            overlap=False,
        )
        self._setup(*geometry, ceil_mode)

    def _forward(self, x, out):
        max_pool_forward(x, *self._geometry(), out, self.work)

    def _backward(self, x, dC_dy, out):
        y = self._output(x)
        max_pool_backward(x, y, dC_dy, *self._geometry(), out, self.work)

    def _jvp(self, x, dx, dparams, out):
        max_pool_jvp(x, self._output(x), dx, *self._geometry(), out, self.work)

    def _geometry(self):
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )
