"""TrimZero: samples of zeros are left out of a batch."""

import numpy as np

from nnmods.containers.mask_zero import MaskZero
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, is_table


class TrimZero(MaskZero):
    """Compute what `MaskZero` does, with a batch of those samples that are not 0.

    ::

        y[k]     = f(x[k])        k: the samples that are not all 0
        dC_dx[k] = J^T dC_dy[k]
        y, dC_dx = 0              for all others

    That takes less time where many samples are padding.

    Parameters
    ----------
    module : Module
        Whose results are a row for each sample. It may not carry a state from step to
        step, as rows change their places.
    n_input_dim : int
        The number of axes of one sample, without those of the batch.

    Raises
    ------
    ValueError
        If the first array of x has neither this number of axes nor one more, another
        one not as many rows, or y not one for each sample.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.TrimZero`` of the package rnn.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> net = TrimZero(Linear(3, 2), 1)
    >>> net(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))[0]
    array([0., 0.])
    """

    def push(self, x, visit):
        if self._x is None:  # in forward; in jvp x is a direction
            self._masked = self._zeros(x)
        if not self._trims():
            return super().push(x, visit)
        self.y = self._spread(visit(0, self._kept(x, "x")), "y")
        return self.y

    def pull(self, dC_dy, visit, input_grad=True):
        if not self._trims():
            return super().pull(dC_dy, visit, input_grad)
        check_like(self, "dC_dy", dC_dy, self.y)
        dC_dx = visit(0, self._kept(dC_dy, "dC_dy"), input_grad)
        return self._spread(dC_dx, "dC_dx") if input_grad else None

    def per_example_grads(self, x, dC_dy):
        if not self._trims():
            return super().per_example_grads(x, dC_dy)
        self._check_last(x, dC_dy, "per_example_grads")
        (child,) = self.modules
        found = []
        for part in child.per_example_grads(self._inputs[0], self._grads[0]):
            whole = np.zeros((len(self._masked), *part.shape[1:]), part.dtype)
            whole[~self._masked] = part
            found.append(whole)
        return found

    def sketch(self):
        return Sketch.chain(len(self), note="samples of 0 left out")

    def _trims(self):
        return self._masked.ndim == 1 and self._masked.any()

    def _kept(self, values, name):
        """Return the rows of an array or table that are not masked."""
        if is_table(values):
            entries = enumerate(values)
            return [self._kept(entry, f"{name}[{i}]") for i, entry in entries]
        self._check_rows(name, values)
        keep = ~self._masked
        shape = int(keep.sum()), *values.shape[1:]
        rows = self.work(f"rows of {name}", shape, values.dtype)
        return np.compress(keep, values, axis=0, out=rows)

    def _spread(self, rows, name):
        """Return rows at their places among zeros."""
        if is_table(rows):
            return [self._spread(entry, f"{name}[{i}]") for i, entry in enumerate(rows)]
        n = len(self._masked) - np.count_nonzero(self._masked)
        if rows.shape[:1] != (n,):
            raise ValueError(
                f"{type(self).__name__}: {name} has shape {rows.shape}, "
                f"expected {n} rows, one for each sample that is not 0"
            )
        shape = len(self._masked), *rows.shape[1:]
        values = self.work(name, shape, rows.dtype)
        values[...] = 0
        values[~self._masked] = rows
        return values
