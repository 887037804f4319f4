"""VolumetricAveragePooling: the mean of windows of volumes."""

from nnmods.layers.pooling.average_pooling import AveragePooling


class VolumetricAveragePooling(AveragePooling):
    """Mean of each window, over three axes.

    With ``x`` zero in the padding, ``p = o * stride + k - padding``::

        y[n, c, o]     = sum_k x[n, c, p(o, k)] / size(o)
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] / size(o) over the windows that hold p

    ``size(o)`` counts the entries of window o, padding included or not; what hangs over
    the padded end never counts.

    Parameters
    ----------
    kt, kw, kh, dt, dw, dh : int
        Torch7's arguments in its order, time first, then width: kernel, stride (the
        kernel's size).
    kernel_size, stride, padding : int or (int, int, int)
        The same by keyword, in the order of the axes: time, height, width. Torch7 has
        no padding here, nor the options below.
    ceil_mode : bool, default=False
        Whether a last window may hang over the end.
    count_include_pad : bool, default=True
        Whether ``size`` counts the padding.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, T, H, W) or (C, T, H, W), or too small for a window, or
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricAveragePooling``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 2, 2, 4)
    >>> VolumetricAveragePooling(2, 2, 2)(x)
    array([[[[6.5, 8.5]]]])
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
        *,
        kernel_size=None,
        stride=None,
        padding=None,
        ceil_mode=False,
        count_include_pad=True,
    ):
        super().__init__()
        self._setup(
            ((kt, kh, kw), (dt, dh, dw), (None, None, None)),
            (kernel_size, stride, padding),
            ceil_mode,
            overlap=False,
        )
        self.count_include_pad = bool(count_include_pad)
