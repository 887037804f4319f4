"""Fractional max pooling: windows at random, so that sizes shrink by any ratio."""

import operator

import numpy as np

from nnmods.core import get_rng
from nnmods.core.arrays import same
from nnmods.layers.pooling.picking import Picking


class FractionalMaxPooling(Picking):
    """The abstract base; see `SpatialFractionalMaxPooling` for the formulas.

    A subclass sets ``axes`` and calls `_setup` in its constructor. A number is drawn
    for each axis, as in Torch7 the last axis first.
    """

    _results = (*Picking._results, "random_samples")
    random_samples = None

    def _setup(self, kernel, sizes, keywords, rng):
        owner, (kernel_size, output_size, output_ratio) = type(self).__name__, keywords
        given = [s for s in (sizes, output_size, output_ratio) if s is not None]
        if len(given) != 1:
            raise TypeError(
                f"{owner}: the output's size or ratio is given {len(given)} times, "
                "expected once"
            )
        kernel = self._numbers("kernel_size", kernel or kernel_size, operator.index)
        if min(kernel) < 2:
            raise ValueError(f"{owner}: kernel_size is {kernel}, expected at least 2")
        self.kernel_size, self.output_size, self.output_ratio = kernel, None, None
        values = self._numbers("output size or ratio", given[0], float)
        if output_ratio is None and min(values) >= 1:
            self.output_size = self._numbers("output_size", given[0], operator.index)
        elif output_size is None and all(0 < value < 1 for value in values):
            self.output_ratio = values
        else:
            raise ValueError(
                f"{owner}: the output's size or ratio is {values}, expected sizes of "
                "at least 1 or ratios between 0 and 1"
            )
        self.regions_fixed = False
        self.rng = None if rng is None else get_rng(rng)

    def _numbers(self, name, value, convert):
        values = value if isinstance(value, (tuple, list)) else (value,) * self.axes
        try:
            values = tuple(convert(v) for v in values)
        except TypeError:
            raise TypeError(
                f"{type(self).__name__}: {name} is {value!r}, expected numbers"
            ) from None
        if len(values) != self.axes:
            raise ValueError(
                f"{type(self).__name__}: {name} has {len(values)} entries, "
                f"expected {self.axes}"
            )
        return values

    def fix_pooling_regions(self, fixed=True):
        """Keep the regions of the last `forward` from now on, or not; return self."""
        self.regions_fixed = bool(fixed)
        return self

    def output_shape(self, shape):
        size, count = shape[2:], self.output_size
        if count is None:
            pairs = zip(size, self.output_ratio, strict=True)
            count = tuple(int(n * ratio) for n, ratio in pairs)
        pairs = zip(count, self.kernel_size, strict=True)
        taken = tuple(o + k - 1 for o, k in pairs)
        if min(count) < 1 or any(t >= n for t, n in zip(taken, size, strict=True)):
            raise ValueError(
                f"{self!r}: x has spatial size {size}, expected more than {taken} "
                f"for {count} windows of {self.kernel_size}"
            )
        return (*shape[:2], *count)

    def forward(self, x):
        batch = self._batch("x", x)
        self.output_shape(batch.shape)
        shape = (*batch.shape[:2], self.axes)
        if (
            self.random_samples is None
            or self.random_samples.shape != shape
            or not self.regions_fixed
        ):
            self.random_samples = get_rng(self.rng).uniform(0, 1, shape)
        return super().forward(x)

    def backward(self, x, dC_dy):
        self._recall(x)
        return super().backward(x, dC_dy)

    def jvp(self, x, dx, dparams=None):
        self._recall(x)
        return super().jvp(x, dx)

    def _recall(self, x):
        """Raise unless the regions in force are those for x."""
        batch = self._batch("x", x)
        if self.random_samples is None:
            raise RuntimeError(
                f"{self!r}: random_samples is None; forward(x) draws the regions"
            )
        if self.regions_fixed and self.random_samples.shape[:2] == batch.shape[:2]:
            return
        if x is not self._x and not same(x, self._x):
            raise RuntimeError(
                f"{self!r}: x is not that of the last forward, which drew the regions; "
                "call forward(x) again"
            )
        self._x = x  # equal to the last one: what was picked there is right here

    def _pick(self, x, out, index):
        self._max_of(x, self._candidates(x, out.shape), out, index)

    def _candidates(self, x, shape):
        N, C, *size = x.shape
        start = self.work("index of the starts", (*shape[1:], N), np.intp)
        candidate = self.work("index of a candidate", start.shape, np.intp)
        np.copyto(start, self._first_entries(x))
        steps, step = [], N
        for n in reversed(size):
            steps.insert(0, step)
            step *= n
        samples = self.random_samples.transpose(2, 1, 0)[::-1]  # (axes, C, N)
        for axis, (n, o, k) in enumerate(
            zip(size, shape[2:], self.kernel_size, strict=True)
        ):
            starts = _starts(samples[axis][:, None], n, o, k, self.work)
            np.multiply(starts, steps[axis], out=starts)
            lengths = [o if i == axis else 1 for i in range(self.axes)]
            np.add(start, starts.reshape(C, *lengths, N), out=start)
        for tap in np.ndindex(self.kernel_size):
            offset = sum(t * s for t, s in zip(tap, steps, strict=True))
            yield np.add(start, offset, out=candidate)

    def __repr__(self):
        kernel = "x".join(map(str, self.kernel_size))
        if self.output_size is not None:
            return f"{type(self).__name__}({kernel}, output_size={self.output_size})"
        return f"{type(self).__name__}({kernel}, output_ratio={self.output_ratio})"


def _starts(u, size, count, kernel, work):
    """Return the starts (C, count, N) of windows along an axis, for u (C, 1, N)."""
    C, _, N = u.shape
    starts = work(("starts", count), (C, count, N), np.intp)
    starts[:, -1] = size - kernel
    if count > 1:
        alpha = (size - kernel) / (count - 1)
        places = work(("places", count), (C, count - 1, N), np.float64)
        np.add(np.arange(count - 1)[:, None], u, out=places)
        np.floor(np.multiply(places, alpha, out=places), out=places)
        np.subtract(places, places[:, :1], out=starts[:, :-1], casting="unsafe")
    return starts
