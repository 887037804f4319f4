"""RowOrder: the examples of a batch, sorted, and put back where they were."""

from math import prod

import numpy as np

from nnmods.core.arrays import reuse
from nnmods.core.dtypes import promote
from nnmods.core.lending import desk, is_lent
from nnmods.core.tables import is_table
from nnmods.core.workspace import Workspace


class RowOrder:
    """The examples of a batch in the order of a number that each of them has.

    So all examples of one number lie side by side: a batch of their own, without a
    copy. Sorted arrays are C-contiguous, in memory that only grows: other batches,
    sorted otherwise, take no more.

    Examples
    --------
    >>> order = RowOrder()
    >>> order.sort(np.array([1, 0, 1]), 2)
    [0, 1, 3]
    >>> x = order.sorted("x", np.array([[10.0], [20.0], [30.0]]))
    >>> x.tolist(), order.restored(None, "y", [x[:1], -x[1:]]).tolist()
    ([[20.0], [10.0], [30.0]], [[-10.0], [20.0], [-30.0]])
    """

    def __init__(self):
        self._work, self._sizes, self._results = Workspace(), {}, {}
        self._count = np.arange(0)
        self._sources = self._targets = None

    def sort(self, numbers, kinds, descending=False):
        """Take on the order of numbers from 0 to ``kinds`` - 1, a stable one.

        In descending order the largest number counts as 0, and so on.

        Returns
        -------
        list of int
            Where the rows of each number begin, and where the last ones end.
        """
        n = len(numbers)
        if len(self._count) < n:
            self._count = np.arange(n)
        count = self._count[:n]
        # Sorted in place, where argsort() would take new memory: no two are equal.
        sources = self._sources = self._memory("sources", (n,), np.dtype(np.intp))
        sources[...] = numbers
        if descending:
            np.subtract(kinds - 1, sources, out=sources)
        sources *= n
        sources += count
        sources.sort()
        bounds = np.searchsorted(sources, np.arange(kinds + 1) * n)
        np.remainder(sources, n, out=sources)
        self._targets = self._memory("targets", (n,), np.dtype(np.intp))
        self._targets[sources] = count
        return bounds.tolist()

    def sorted(self, name, x):
        """Return the rows of an array or table in this order.

        Parameters
        ----------
        name : str
            Of its memory, which the next call of this name overwrites.
        x : ndarray or table
        """
        if is_table(x):
            return [self.sorted(f"{name}[{i}]", entry) for i, entry in enumerate(x)]
        if not x.flags.c_contiguous:  # take() would copy it to new memory
            copy = self._memory("contiguous", x.shape, x.dtype)
            copy[...] = x
            x = copy
        rows = self._memory(name, x.shape, x.dtype)
        # A "clip" that never happens: to "raise" takes a buffer.
        return np.take(x, self._sources, axis=0, out=rows, mode="clip")

    def joined(self, module, name, parts):
        """Return arrays, or tables alike, one after another.

        Parameters
        ----------
        module : Module
            Whose dtype serves where all are integers.
        name : str
            Of its memory.
        parts : list
        """
        first = parts[0]
        if is_table(first):
            entries = enumerate(zip(*parts, strict=True))
            return [self.joined(module, f"{name}[{i}]", e) for i, e in entries]
        dtype = promote(module, parts)
        if len(parts) == 1 and first.dtype == dtype:
            return first
        shape = sum(map(len, parts)), *first.shape[1:]
        return np.concatenate(parts, out=self._memory(name, shape, dtype))

    def restored(self, module, name, parts):
        """Return sorted rows at the places where they were.

        Parameters
        ----------
        module, name, parts
            Those of `joined`.
        """
        if is_table(parts[0]):
            entries = enumerate(zip(*parts, strict=True))
            return [self.restored(module, f"{name}[{i}]", e) for i, e in entries]
        rows = self.joined(module, "joined", parts)
        out = reuse(self._results.get(name), rows.shape, rows, module=module)
        if not (desk.blocks and is_lent(out)):
            self._results[name] = out
        return np.take(rows, self._targets, axis=0, out=out, mode="clip")

    def _memory(self, name, shape, dtype):
        """Return an array in the memory of that name, as large as it ever was."""
        size = prod(shape)
        held = self._sizes[name] = max(size, self._sizes.get(name, 0))
        return self._work(name, (held,), dtype)[:size].reshape(shape)
