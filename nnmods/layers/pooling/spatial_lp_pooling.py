"""SpatialLPPooling: the p-norm of windows of images."""

from nnmods.layers.geometry import shown, window_settings
from nnmods.layers.pooling.lp_pooling import LPPooling


class SpatialLPPooling(LPPooling):
    """The p-norm of each window, over two axes.

    ::

        y[n, c, o]     = (sum_k x[n, c, o * stride + k]^p)^(1 / p)
        dC_dx[n, c, i] = x[n, c, i]^(p - 1) * sum of y[n, c, o]^(1 - p) dC_dy[n, c, o]
                         over the windows o that hold i

    No absolute value is taken: x is meant to be positive where p is not even. A window
    of y = 0, where the root of p > 1 has no derivative, gives no gradient.

    Parameters
    ----------
    n_input_plane : int or None
        The number of channels; not used, as in Torch7.
    pnorm : float
        p.
    kw, kh, dw, dh : int
        Torch7's arguments in its order, width first: kernel, stride (the kernel's
        size).
    kernel_size, stride : int or (int, int)
        The same by keyword, in the order of the axes: height, width.

    Raises
    ------
    TypeError
        If p is not a number.
    ValueError
        If p is 0; if ``x`` is not (N, C, H, W) or (C, H, W), or smaller
        than a window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialLPPooling``.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialLPPooling(1, 2, 2, 1)(np.array([[[3.0, 4.0]]]))
    array([[[5.]]])
    """

    axes = 2

    def __init__(
        self,
        n_input_plane,
        pnorm,
        kw=None,
        kh=None,
        dw=None,
        dh=None,
        *,
        kernel_size=None,
        stride=None,
    ):
        super().__init__()
        self.n_input_plane = n_input_plane
        self._set_power("pnorm", pnorm)
        self.kernel_size, self.stride, _ = window_settings(
            "SpatialLPPooling",
            ((kh, kw), (dh, dw), (None, None)),
            (kernel_size, stride, None),
            overlap=False,
        )

    def __repr__(self):
        geometry = shown(self.kernel_size, self.stride, (0, 0))
        return f"SpatialLPPooling({self.n_input_plane}, {self.power}, {geometry})"
