"""VolumetricDilatedMaxPooling: the largest entry of spread windows of volumes."""

from nnmods.layers.pooling.max_pooling import MaxPooling


class VolumetricDilatedMaxPooling(MaxPooling):
    """Maximum of each window of spread entries, over three axes.

    ::

        p(o, k)        = o * stride + k * dilation - padding
        y[n, c, o]     = max_k x[n, c, p(o, k)]
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the windows whose first maximum,
                         in the order of rows, is at p

    What falls into the padding is never the maximum; NaN always is.

    Torch7 forgets entries of windows where both the dilation and the padding are 2 or
    more; here none is.

    Parameters
    ----------
    kt, kw, kh, dt, dw, dh, pad_t, pad_w, pad_h : int
        Torch7's arguments in its order, time first, then width: kernel, stride (the
        kernel's size), padding (0).
    dilation_t, dilation_w, dilation_h : int
        Distances of the entries of a window, 1 by default.
    kernel_size, stride, padding, dilation : int or (int, int, int)
        The same by keyword, in the order of the axes: time, height, width.
    ceil_mode : bool, default=False
        Whether a last window may hang over the end, as after Torch7's ``:ceil()``.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, T, H, W) or (C, T, H, W), or too small for a
        window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricDilatedMaxPooling``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(27.0).reshape(1, 3, 3, 3)
    >>> VolumetricDilatedMaxPooling(2, 2, 2, 1, 1, 1, dilation=2)(x)
    array([[[[26.]]]])
    """

    axes = 3

    def __init__(
        self,
        kt=None,
        kw=None,
        kh=None,
        dt=None,
        dw=None,
        dh=None,
        pad_t=None,
        pad_w=None,
        pad_h=None,
        dilation_t=None,
        dilation_w=None,
        dilation_h=None,
        *,
        kernel_size=None,
        stride=None,
        padding=None,
        dilation=None,
        ceil_mode=False,
    ):
        super().__init__()
        self._setup(
            ((kt, kh, kw), (dt, dh, dw), (pad_t, pad_h, pad_w)),
            (kernel_size, stride, padding),
            ceil_mode,
            overlap=False,
            dilation=((dilation_t, dilation_h, dilation_w), dilation),
        )
