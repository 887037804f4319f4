"""SpatialAdaptiveMaxPooling: maxima over windows that give a wanted size."""

from functools import lru_cache

import numpy as np

from nnmods.kernels.resize_maps import adaptive_windows
from nnmods.layers.pooling.adaptive import adaptive_size, check_image, shown_size
from nnmods.layers.pooling.picking import Picking


class SpatialAdaptiveMaxPooling(Picking):
    """Maximum of windows that cover an image, as many as are wanted.

    ::

        y[n, c, o]     = max x[n, c, p] over the p in window o
        window o       = floor(o * S / O) up to ceil((o + 1) * S / O), along each axis
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the windows whose first maximum,
                         in the order of rows, is at p

    with S the size of x and O that of y. NaN is larger than any number.

    Parameters
    ----------
    w, h : int
        Torch7's arguments: width and height of y. The bounds of the windows are then
        rounded as in Torch7, which divides in single precision: some windows are an
        entry longer, such as one of 7 over 21 entries.
    output_size : int or (int or None, int or None)
        Height and width of y by keyword, as in PyTorch, with exact bounds; None keeps
        the length of x.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or ``dC_dy`` is not shaped like
        ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialAdaptiveMaxPooling``.

    Examples
    --------
    >>> x = np.arange(15.0).reshape(1, 3, 5)
    >>> SpatialAdaptiveMaxPooling(2, 3)(x)
    array([[[ 2.,  4.],
            [ 7.,  9.],
            [12., 14.]]])
    """

    axes = 2

    def __init__(self, w=None, h=None, *, output_size=None):
        super().__init__()
        self.output_size = adaptive_size(type(self).__name__, w, h, output_size)
        self.by_keyword = output_size is not None

    def output_shape(self, shape):
        check_image(self, shape[2:])
        pairs = zip(self.output_size, shape[2:], strict=True)
        return (*shape[:2], *(n if o is None else o for o, n in pairs))

    def _pick(self, x, out, index):
        self._max_of(x, self._candidates(x, out.shape), out, index)

    def _candidates(self, x, shape):
        N, _, *size = x.shape
        candidate = self.work("index of a candidate", (*shape[1:], N), np.intp)
        first = self._first_entries(x)
        dtype = None if self.by_keyword else np.float32
        for offset in _offsets(tuple(size), shape[2:], dtype):
            yield np.add(first, offset * N, out=candidate)

    def __repr__(self):
        return f"SpatialAdaptiveMaxPooling({shown_size(self.output_size)})"


@lru_cache(maxsize=64)
def _offsets(size, count, dtype):
    """Return where the entries of all windows are, an array (*count, 1) for each.

    Windows that are shorter than others repeat their first entry, which changes
    neither the maximum nor who is the first to have it.
    """
    taps = []
    for n, o in zip(size, count, strict=True):
        starts, stops = adaptive_windows(n, o, dtype)
        longest = int((stops - starts).max())
        taps.append(
            [np.where(starts + k < stops, starts + k, starts) for k in range(longest)]
        )
    return tuple(
        (rows[:, None] * size[1] + columns)[..., None]
        for rows in taps[0]
        for columns in taps[1]
    )
