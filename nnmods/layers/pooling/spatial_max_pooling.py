"""SpatialMaxPooling: the largest entry of windows of images."""

from nnmods.layers.pooling.max_pooling import MaxPooling


class SpatialMaxPooling(MaxPooling):
    """Maximum of each window, over two axes.

    ::

        y[n, c, o]     = max_k x[n, c, p(o, k)],   p = o * stride + k - padding
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the windows whose first maximum,
                         in the order of rows, is at p

    What falls into the padding is never the maximum; NaN always is.

    Parameters
    ----------
    kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: kernel, stride (the
        kernel's size), padding (0).
    kernel_size, stride, padding : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    ceil_mode : bool, default=False
        Whether a last window may hang over the end, as after Torch7's ``:ceil()``.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or too small for a
        window, or ``dC_dy`` is not shaped like ``y``.

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
        self._setup(
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            ceil_mode,
            overlap=False,
        )
