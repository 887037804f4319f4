"""SpatialAveragePooling: the mean of windows of images."""

from nnmods.layers.pooling.average_pooling import AveragePooling


class SpatialAveragePooling(AveragePooling):
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
    divide : bool, default=True
        False multiplies by the kernel's size: the sums of old Torch7 models.

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
        divide=True,
    ):
        super().__init__()
        self._setup(
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            ceil_mode,
            overlap=True,
        )
        self.count_include_pad = bool(count_include_pad)
        self.divide = bool(divide)
