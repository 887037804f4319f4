"""Pooling over any number of spatial axes: the family of windows without weights."""

import operator
from functools import lru_cache

from nnmods.core.arrays import same_memory
from nnmods.kernels.windows import pool_output_size
from nnmods.layers.flat_images import FlatImages
from nnmods.layers.geometry import shown, window_settings


class Pooling(FlatImages):
    """The abstract base of the poolings: geometry, output size and repr.

    A subclass sets ``axes`` and calls `_setup` in its constructor.
    """

    ceil_mode = False

    def _setup(self, positions, keywords, ceil_mode, overlap, dilation=((), None)):
        owner = type(self).__name__
        kernel, stride, padding = positions
        if any(p is not None for p in padding):
            padding = tuple(0 if p is None else p for p in padding)  # Torch7's default
        self.kernel_size, self.stride, self.padding = window_settings(
            owner, (kernel, stride, padding), keywords, overlap
        )
        pairs = zip(self.padding, self.kernel_size, strict=True)
        if any(2 * p > k for p, k in pairs):
            raise ValueError(
                f"{owner}: padding is {self.padding}, expected at most half "
                f"of kernel_size {self.kernel_size}"
            )
        self.dilation = _dilation(owner, *dilation, self.axes)
        self.ceil_mode = bool(ceil_mode)

    def ceil(self):
        """Let the last window hang over the end, and return self."""
        self.ceil_mode = True
        return self

    def floor(self):
        """Leave out a last window that does not fit, and return self."""
        self.ceil_mode = False
        return self

    def output_shape(self, shape):
        count = _output_size(
            shape[2:],
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )
        if min(count) < 1 or min(shape[2:]) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, expected room for a window "
                f"of {self.kernel_size}"
            )
        return (*shape[:2], *count)

    def _details(self):
        """Return what stands last in the repr: options that are not the default."""
        return ", ceil_mode=True" if self.ceil_mode else ""

    def __repr__(self):
        geometry = shown(self.kernel_size, self.stride, self.padding)
        return f"{type(self).__name__}({geometry}{self._details()})"


_output_size = lru_cache(maxsize=256)(pool_output_size)  # asked for in each call


def is_batch_of(x, last):
    """Tell whether the batch ``x`` is ``last``, which may be one sample alone."""
    if last is not None and last.ndim < x.ndim:
        last = last[None]
    return same_memory(x, last)


def _dilation(owner, positional, keyword, axes):
    """Return the dilation of each axis, 1 where it is not given."""
    if keyword is not None:
        if any(d is not None for d in positional):
            raise TypeError(
                f"{owner}: dilation is given by keyword and by position, expected one"
            )
        positional = (
            keyword if isinstance(keyword, (tuple, list)) else (keyword,) * axes
        )
    try:
        values = tuple(1 if d is None else operator.index(d) for d in positional)
    except TypeError:
        raise TypeError(
            f"{owner}: dilation is {positional!r}, expected integers"
        ) from None
    values = values or (1,) * axes
    if len(values) != axes:
        raise ValueError(
            f"{owner}: dilation has {len(values)} entries, "
            f"expected one number or {axes}"
        )
    if min(values) < 1:
        raise ValueError(f"{owner}: dilation is {values}, expected at least 1")
    return values
