"""SpatialAdaptiveAveragePooling: means over windows that give a wanted size."""

from nnmods.kernels.resize_maps import mean_map
from nnmods.layers.pooling.adaptive import adaptive_size, check_image, shown_size
from nnmods.layers.upsampling.separable import Separable


class SpatialAdaptiveAveragePooling(Separable):
    """Mean of windows that cover an image, as many as are wanted.

    ::

        y[n, c, o]     = mean x[n, c, p] over the p in window o
        window o       = floor(o * S / O) up to ceil((o + 1) * S / O), along each axis
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] / size(o) over the windows that hold p

    with S the size of x and O that of y.

    Parameters
    ----------
    w, h : int
        Torch7's arguments: width and height of y.
    output_size : int or (int or None, int or None)
        Height and width of y by keyword, as in PyTorch; None keeps the length of x.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or ``dC_dy`` is not shaped like
        ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialAdaptiveAveragePooling``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(15.0).reshape(1, 3, 5)
    >>> SpatialAdaptiveAveragePooling(output_size=1)(x)
    array([[[7.]]])
    """

    axes = 2

    def __init__(self, w=None, h=None, *, output_size=None):
        super().__init__()
        self.output_size = adaptive_size(type(self).__name__, w, h, output_size)

    def _maps(self, size):
        check_image(self, size)
        pairs = zip(size, self.output_size, strict=True)
        return tuple(mean_map(n, n if o is None else o) for n, o in pairs)

    def __repr__(self):
        return f"SpatialAdaptiveAveragePooling({shown_size(self.output_size)})"
