"""SpatialAveragePooling: the mean of windows of images."""

from nnmods.kernels.average_pooling import average_pool_backward, average_pool_forward
from nnmods.layers.geometry import window_settings
from nnmods.layers.pooling.pooling import Pooling


class SpatialAveragePooling(Pooling):
    """Mean of each window, over two axes.

    With ``x`` zero in the padding, ``p = o * stride + k - padding``::

        y[n, c, o]     = sum_k x[n, c, p(o, k)] / size(o)
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] / size(o) over the windows that hold p

    ``size(o)`` counts the entries of window o, padding included or not; what hangs over
    the padded end never counts.

    Parameters
    ----------
    kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: kernel, stride (1, where PyTorch
        takes the kernel's size), padding (0).
    kernel_size, stride, padding : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    ceil_mode : bool, default=False
        Whether a last window may hang over the end, as after Torch7's ``:ceil()``.
    count_include_pad : bool, default=True
        Whether ``size`` counts the padding.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or too small for a window, or
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialAveragePooling``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4)
    >>> SpatialAveragePooling(2, 2, 2, 2)(x)
    array([[[ 2.5,  4.5],
            [10.5, 12.5]]])
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
        count_include_pad=True,
    ):
        super().__init__()
        geometry = window_settings(
            "SpatialAveragePooling",
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            overlap=True,
        )
        self._setup(*geometry, ceil_mode)
        self.count_include_pad = bool(count_include_pad)

    def set_count_include_pad(self):
        """Divide by the size of a window with its padding, and return self."""
        self.count_include_pad = True
        return self

    def set_count_exclude_pad(self):
        """Divide by the number of entries of the image, and return self."""
        self.count_include_pad = False
        return self

    def _forward(self, x, out):
        average_pool_forward(x, *self._geometry(), out, self.work)

    def _backward(self, x, dC_dy, out):
        average_pool_backward(dC_dy, x.shape, *self._geometry(), out, self.work)

    def _jvp(self, x, dx, dparams, out):
        average_pool_forward(dx, *self._geometry(), out, self.work)

    def _geometry(self):
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def _details(self):
        include = "" if self.count_include_pad else ", count_include_pad=False"
        return super()._details() + include
