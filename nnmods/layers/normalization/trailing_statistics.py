"""TrailingStatistics: normalisations over the last axes of x."""

from math import prod

from nnmods.core import check
from nnmods.core.arrays import as_size
from nnmods.layers.normalization.folding import in_order
from nnmods.layers.normalization.row_passes import (
    normalise_rows,
    rows_back,
    shares_of,
)
from nnmods.layers.normalization.row_statistics import RowStatistics


class TrailingStatistics(RowStatistics):
    """A row is the last axes of x, of lengths ``normalized_shape``.

    Each entry of a row has a parameter of its own. Any axes may precede.
    """

    normalized_shape = ()

    def _set_shape(self, normalized_shape):
        name = type(self).__name__
        lengths = (
            normalized_shape
            if isinstance(normalized_shape, (tuple, list))
            else (normalized_shape,)
        )
        shape = tuple(as_size(name, "normalized_shape", n) for n in lengths)
        if not shape or 0 in shape:
            raise ValueError(
                f"{name}: normalized_shape is {normalized_shape!r}, expected one "
                "length or more, each at least 1"
            )
        self.normalized_shape = shape

    def _check(self, x):
        check(self, "x", x, (..., *self.normalized_shape))

    def _rows(self, x):
        K = prod(self.normalized_shape)
        return x.reshape(1, x.size // K, K)

    def _cut(self, x):
        K = prod(self.normalized_shape)
        return x.reshape(x.size // K, K, 1)

    def _normalise_rows(self, x, eps, out, found):
        normalise_rows(x, eps, *self._by_entry(out.dtype), out, found, self.center)

    def _rows_back(self, x, dC_dy, out, learn):
        v = in_order(dC_dy, out.dtype, self.work, "v")
        x3, v3, out3 = self._rows(self._input(x, out.dtype)), *map(self._rows, (v, out))
        mean, invstd = self._statistics(x, x3)
        weight, _ = self._by_entry(out.dtype)
        found = shares_of(out3, self.work) if learn else None
        rows_back(x3, v3, mean, invstd, weight, out3, self.center, found)
        return found

    def _by_entry(self, dtype):
        """Return the weight and the bias as vectors of a dtype, or None."""
        return [
            p if p is None else p.reshape(-1).astype(dtype, copy=False)
            for p in (self.weight, self.bias)
        ]

    def _shape_text(self):
        shape = self.normalized_shape
        return str(shape[0] if len(shape) == 1 else shape)
