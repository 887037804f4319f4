"""MaskZeroCriterion: samples of zeros cost nothing."""

import numpy as np

from nnmods.core import check
from nnmods.core.arrays import as_size, name_of
from nnmods.core.tables import check_like, is_table, map_table, reuse_table
from nnmods.criterions.decorator import CriterionDecorator

#: Rows whose places are found at once, in little memory.
BLOCK = 4096


class MaskZeroCriterion(CriterionDecorator):
    """Criterion of the samples of a batch that are not all 0.

    ::

        C        = C_k(y[k], target[k])      k: the samples with y != 0 anywhere
        dC_dy[k] = dC_k/dy(y[k], target[k])
        dC_dy    = 0                         for all others

    So padding, a sample of zeros, has no part in the cost, nor in the number of samples
    that it is averaged over. If all samples are 0, then C is 0. Of a table y the first
    array tells, and each array of y and target has a row for each sample.

    Parameters
    ----------
    criterion : Criterion
    n_input_dim : int
        The number of axes of one sample, without that of the batch.

    Raises
    ------
    ValueError
        If the array that tells has other than ``n_input_dim + 1`` axes, or another
        array not as many rows.

    References
    ----------
    Torch7, ``nn.MaskZeroCriterion`` of the package rnn.

    Examples
    --------
    >>> from nnmods.criterions import MSECriterion
    >>> cost = MaskZeroCriterion(MSECriterion(), 1)
    >>> y, target = np.array([[0.0, 0.0], [1.0, 4.0]]), np.ones((2, 2))
    >>> cost(y, target), cost.backward(y, target).tolist()  # (0 + 9) / 2
    (4.5, [[0.0, 0.0], [0.0, 3.0]])
    """

    def __init__(self, criterion, n_input_dim):
        super().__init__(criterion)
        self.n_input_dim = as_size("MaskZeroCriterion", "n_input_dim", n_input_dim)

    def forward(self, y, target=None):
        kept = self._check(y, target)
        C = 0.0
        if len(kept):
            C = self.criterion.forward(*self._rows(kept, y, target))
        self.C = C
        return C

    def backward(self, y, target=None):
        self.dC_dy = self._spread(self.criterion.backward, self.dC_dy, y, target)
        return self.dC_dy

    def hvp(self, y, target, dy):
        check_like(self, "dy", dy, y)
        self._ddC_dy = self._spread(self.criterion.hvp, self._ddC_dy, y, target, dy)
        return self._ddC_dy

    def diag_hessian(self, y, target):
        verb = self.criterion.diag_hessian
        self._d2C_dy2 = self._spread(verb, self._d2C_dy2, y, target)
        return self._d2C_dy2

    def _spread(self, verb, buffer, y, target, *dy):
        """Return what ``verb`` gives of the samples that are not 0, and 0 else."""
        kept = self._check(y, target)
        term = None
        if len(kept):
            along = [self._taken("dy", direction, kept) for direction in dy]
            term = verb(*self._rows(kept, y, target), *along)
        spread = reuse_table(buffer, self, y, *dy)
        map_table(lambda out: out.fill(0), spread)
        if term is not None:
            map_table(lambda out, x: out.__setitem__(kept, x), spread, term)
        return spread

    def _check(self, y, target):
        """Return the places of the samples that are not 0, once all is checked."""
        first = y
        while is_table(first) and first:
            first = first[0]
        check(self, "y", first, (..., *[None] * self.n_input_dim))
        if first.ndim != self.n_input_dim + 1:
            raise ValueError(
                f"{name_of(self)}: y has shape {first.shape}, expected "
                f"{self.n_input_dim + 1} axes, those of a batch"
            )
        self._check_rows("y", y, len(first))
        if target is not None:
            self._check_rows("target", target, len(first))
        return self._places(first)

    def _check_rows(self, argument, x, n):
        if is_table(x):
            for i, entry in enumerate(x):
                self._check_rows(f"{argument}[{i}]", entry, n)
            return
        check(self, argument, x, (..., None))
        if len(x) != n:
            raise ValueError(
                f"{name_of(self)}: {argument} has shape {x.shape}, expected {n} rows, "
                "one for each sample of y"
            )

    def _places(self, y):
        """Return the places of the rows of an array that are not 0."""
        apart = self.work("apart from 0", y.shape, np.dtype(bool))
        np.not_equal(y, 0, out=apart)
        keep = self.work("keep", y.shape[:1], np.dtype(bool))
        np.logical_or.reduce(apart, axis=tuple(range(1, y.ndim)), out=keep)
        places, n = self.work("places", y.shape[:1], np.dtype(np.intp)), 0
        for start in range(0, len(keep), BLOCK):
            found = np.flatnonzero(keep[start : start + BLOCK])
            np.add(found, start, out=places[n : n + len(found)])
            n += len(found)
        return places[:n]

    def _rows(self, kept, y, target):
        """Return ``y`` and ``target`` of the rows that are kept."""
        return self._taken("y", y, kept), self._taken("target", target, kept)

    def _taken(self, name, x, kept):
        if is_table(x):
            entries = enumerate(x)
            return [self._taken(f"{name}[{i}]", entry, kept) for i, entry in entries]
        if x is None or len(kept) == len(x):
            return x
        if not x.flags.c_contiguous:  # take would copy it, to new memory each time
            copy = self.work(f"{name} in order", x.shape, x.dtype)
            copy[...] = x
            x = copy
        # In memory for all rows, as their number changes; "raise" copies first.
        rows = self.work(f"rows of {name}", x.shape, x.dtype)[: len(kept)]
        return x.take(kept, 0, rows, "clip")

    def _options(self):
        return f", {self.n_input_dim}"
