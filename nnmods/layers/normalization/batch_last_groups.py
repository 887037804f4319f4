"""BatchLastGroups: normalisations over groups of channels, in batch-last memory."""

from math import prod

import numpy as np

from nnmods.core.arrays import same_memory
from nnmods.kernels.layout import batch_last, rolled
from nnmods.layers.normalization.folding import buffer_like
from nnmods.layers.normalization.group_columns import columns_back, normalise_columns
from nnmods.layers.normalization.row_statistics import RowStatistics

#: Samples, and entries of a group in all of them, from which passes are long enough.
LEAST_SAMPLES, LEAST = 16, 1 << 13
#: Places of a channel that are side by side at most.
SIDE_BY_SIDE = 16


class BatchLastGroups(RowStatistics):
    """The sweep of images as convolutions leave them, without a copy in another order.

    y and dC_dx are in batch-last memory then, as x is. Where a square overflows, and in
    all other verbs, rows are made of copies in C order. A subclass has ``num_groups``.
    """

    num_groups = None

    def _result(self, buffer, *arrays):
        if self._has_columns(arrays[0]):
            return buffer_like(buffer, *arrays, *self._weights(), module=self)
        return super()._result(buffer, *arrays)

    def _has_columns(self, x):
        """Tell whether ``x`` is in batch-last memory, and groups are long there."""
        return (
            x.ndim > 2
            and len(x) >= LEAST_SAMPLES
            and x.size >= LEAST * self.num_groups
            and not x.flags.c_contiguous
            and rolled(x).flags.c_contiguous
        )

    def _normalise(self, x, out):
        if not self._has_columns(out):
            super()._normalise(x, out)
            return
        x3, N, G = self._columns(x, out.dtype, "x"), len(x), self.num_groups
        found = self.work("moments by column", (3, G, N), out.dtype)
        weight, bias = self._by_group(out.dtype)
        rows = self._found(N * G, out.dtype)
        out3 = self._columns(out, out.dtype, "y")
        normalise_columns(x3, self._eps(out.dtype), weight, bias, out3, found)
        if np.isfinite(np.vdot(found[1], found[1])):
            rows.reshape(3, N, G)[...] = found.transpose(0, 2, 1)
            self._x = x
        else:
            plain = self.work("y", x.shape, out.dtype)
            super()._normalise(x, plain)
            np.copyto(out, plain)

    def _columns_back(self, x, dC_dy, out, learn):
        """Do the work of `_rows_back` in batch-last memory."""
        N, G, dtype = len(x), self.num_groups, out.dtype
        known = same_memory(x, self._x)
        rows = None if known else self._rows(self._input(x, dtype))
        numbers = self.work("numbers by column", (2, G, N), dtype)
        for number, row in zip(numbers, self._statistics(x, rows), strict=True):
            number[...] = row.reshape(N, G).T
        weight, _ = self._by_group(dtype)
        Q = 1 if weight is None else weight.shape[1]
        found = self.work("sums by column", (2, G, Q, N), dtype)
        arrays = [
            self._columns(a, dtype, name)
            for a, name in ((x, "x"), (dC_dy, "v"), (out, "out"))
        ]
        columns_back(*arrays[:2], *numbers, weight, arrays[2], *found)
        return np.add.reduce(found, axis=3, dtype=np.float64) if learn else None

    def _columns(self, x, dtype, name):
        """Return ``x`` as `group_columns` wants it, a copy only where it has to be."""
        x = batch_last(x, self.work, ("columns", name), dtype)
        size = prod(x.shape[1:-1])
        T = max(t for t in range(1, SIDE_BY_SIDE + 1) if size % t == 0)
        return x.reshape(self.num_groups, -1, T * x.shape[-1])

    def _by_group(self, dtype):
        """Return the weight and the bias as (G, Q), or None."""
        return [
            p if p is None else p.reshape(self.num_groups, -1).astype(dtype, copy=False)
            for p in (self.weight, self.bias)
        ]
