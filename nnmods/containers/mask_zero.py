"""MaskZero: results of 0 where x is 0."""

import numpy as np

from nnmods.containers.decorator import Decorator
from nnmods.core import check
from nnmods.core.arrays import as_size
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, is_table, map_table, reuse_table


class MaskZero(Decorator):
    """Compute what its module computes, but 0 for each sample whose x is all 0.

    ::

        y     = m f(x)               m = 0 for the samples that are 0, 1 for others
        dC_dx = J^T (m dC_dy)

    So padding, a sample of zeros, has no part in cost and gradients. Of a table the
    first array tells; y may be a table too.

    Parameters
    ----------
    module : Module
    n_input_dim : int
        The number of axes of one sample, without those of the batch.

    Raises
    ------
    ValueError
        If the array that tells has neither this number of axes nor one more, or an
        array of y not as many rows.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: a recurrent step in it takes part in the step all the same; `SeqLSTM` and
    its like separate sequences at zeros with ``maskzero``.

    References
    ----------
    Torch7, ``nn.MaskZero`` of the package rnn.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> net = MaskZero(Linear(3, 2), 1)
    >>> net(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))[0]
    array([0., 0.])
    """

    _results = (*Decorator._results, "_masked", "_masked_dC_dy")
    _masked = _masked_dC_dy = None

    def __init__(self, module, n_input_dim):
        super().__init__(module)
        self.n_input_dim = as_size(type(self).__name__, "n_input_dim", n_input_dim)

    def push(self, x, visit):
        if self._x is None:  # in forward; in jvp x is a direction
            self._masked = self._zeros(x)
        self.y = self._without(self.y, visit(0, x))
        return self.y

    def pull(self, dC_dy, visit, input_grad=True):
        check_like(self, "dC_dy", dC_dy, self.y)
        self._masked_dC_dy = self._without(self._masked_dC_dy, dC_dy)
        return visit(0, self._masked_dC_dy, input_grad)

    def sketch(self):
        return Sketch.chain(len(self), note="0 where x is 0")

    def _zeros(self, x):
        """Return which samples are 0, or whether the one is."""
        first = x
        while is_table(first) and first:
            first = first[0]
        check(self, "x", first, (...,))
        n = self.n_input_dim
        if first.ndim not in (n, n + 1):
            raise ValueError(
                f"{type(self).__name__}: x has shape {first.shape}, "
                f"expected {n} axes, or {n + 1} of a batch"
            )
        apart = self.work("apart from 0", first.shape, np.dtype(bool))
        np.not_equal(first, 0, out=apart)
        return ~apart.any(axis=tuple(range(first.ndim - n, first.ndim)))

    def _without(self, buffer, values):
        """Return a copy of an array or table, with 0 for what is masked."""
        buffer = reuse_table(buffer, self, values)
        map_table(self._copy, buffer, values)
        return buffer

    def _copy(self, out, value):
        self._check_rows("y", value)
        out[...] = value
        out[self._masked] = 0

    def _check_rows(self, argument, values):
        """Raise unless an array has a row for each sample, if there is a batch."""
        n = self._masked.shape
        if n and values.shape[:1] != n:
            raise ValueError(
                f"{type(self).__name__}: {argument} has shape {values.shape}, "
                f"expected {n[0]} rows, one for each sample"
            )

    def _arguments(self):
        return str(self.n_input_dim)
