"""Border: the family of borders around images, given side by side."""

import operator

import numpy as np

from nnmods.kernels.resize_maps import border_map, border_positions
from nnmods.layers.upsampling.separable import Separable


class Border(Separable):
    """The abstract base of the borders: as many entries more at each end of an axis.

    ::

        y[n, c, o]     = x[n, c, p(o)],   o - p(o) = before, inside the image
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the o of which p is p(o)

    A negative number cuts entries off. A subclass sets ``axes`` and ``mirrored``, which
    tells what stands beyond the ends: the image's mirror image, or its last entry.

    Attributes
    ----------
    padding : tuple of (before, after)
        One pair for each spatial axis.
    """

    mirrored = None

    def _setup(self, names, sides):
        """Keep the numbers of the sides, width first; None is as the first one."""
        first = sides[0]
        sides = [first if side is None else side for side in sides]
        try:
            sides = [operator.index(side) for side in sides]
        except TypeError:
            raise TypeError(
                f"{type(self).__name__}: padding is {sides}, expected integers"
            ) from None
        self._names = names
        self.padding = tuple(zip(sides[::2], sides[1::2], strict=True))[::-1]

    def output_shape(self, shape):
        triples = zip(shape[2:], self.padding, strict=True)
        count = tuple(n + before + after for n, (before, after) in triples)
        if min(count) < 1 or min(shape[2:]) < 1 or not self._fits(shape[2:]):
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, {self._expected()}"
            )
        return (*shape[:2], *count)

    def _fits(self, size):
        """Tell whether all that is beyond the ends has something to come from."""
        for n, (before, after) in zip(size, self.padding, strict=True):
            if self.mirrored:
                place = border_positions(n, before, after, True)
                if place.min() < 0 or place.max() >= n:
                    return False
        return True

    def _expected(self):
        if self.mirrored:
            return "expected more along each axis than is mirrored"
        return "expected some of it to be left"

    def _maps(self, size):
        pairs = zip(size, self.padding, strict=True)
        return tuple(border_map(n, *ends, self.mirrored) for n, ends in pairs)

    def __repr__(self):
        sides = [side for pair in self.padding[::-1] for side in pair]
        pairs = zip(self._names, sides, strict=True)
        shown = ", ".join(f"{name}={side}" for name, side in pairs)
        return f"{type(self).__name__}({shown})"


class SpatialBorder(Border):
    """The abstract base of borders around images: left, right, top, bottom."""

    axes = 2

    def __init__(self, pad_l, pad_r=None, pad_t=None, pad_b=None):
        super().__init__()
        names = ("pad_l", "pad_r", "pad_t", "pad_b")
        self._setup(names, (pad_l, pad_r, pad_t, pad_b))


def interior(size, padding):
    """Return which part of an image, and of the one with a border, are the same.

    Returns
    -------
    two tuples of slice
        Of the spatial axes.

    Examples
    --------
    >>> interior((5,), ((2, -1),))
    ((slice(0, 4, None),), (slice(2, 6, None),))
    """
    inside, outside = [], []
    for n, (before, after) in zip(size, padding, strict=True):
        start, stop = max(0, -before), n - max(0, -after)
        inside.append(slice(start, stop))
        outside.append(slice(start + before, stop + before))
    return tuple(inside), tuple(outside)


def is_left(size, padding):
    """Tell whether something of an image of ``size`` is left between the borders."""
    inside, _ = interior(size, padding)
    return bool(np.all([part.start < part.stop for part in inside]))
