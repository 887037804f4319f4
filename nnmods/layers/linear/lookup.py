"""Lookup: the family of tables whose rows are looked up by index."""

import operator

import numpy as np

from nnmods.core import check, get_rng, reuse
from nnmods.kernels.sparse import add_transposed_product, range_of
from nnmods.layers.linear.indices import INTP, as_indices, counts_of, distinct
from nnmods.layers.linear.lookup_second_order import LookupSecondOrder


class Lookup(LookupSecondOrder):
    """Rows of a weight, picked by an array of indices.

    ::

        y[...]              = weight[x[...]]
        dC_dx               = 0
        grad_weight[x[...]] += scale * dC_dy[...]     (not where x is padding_value)

    With ``max_norm``, `forward` first shortens the rows that it uses, in place: those
    whose norm is larger are multiplied with max_norm / (norm + 1e-7). After
    `scale_grad_by_freq` the gradient of a row is divided by the number of times that
    the row occurs in x.

    A subclass may set ``first``, the smallest index, which stands for row 0.
    """

    first = 0

    def __init__(
        self, n_rows, n_output, padding_value, max_norm, norm_type, *, dtype, rng
    ):
        super().__init__(dtype)
        self.weight = np.empty((n_rows, n_output), self.dtype)
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.should_scale_grad_by_freq = False
        self.set_padding(padding_value).set_max_norm(max_norm).set_norm_type(norm_type)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        """Draw normal numbers, of standard deviation ``stdv`` or 1, and return self."""
        stdv = 1.0 if stdv is None else stdv
        self.weight[...] = get_rng(rng).normal(0, stdv, self.weight.shape)
        return self

    def set_padding(self, padding_value=None):
        """Choose an index whose row gets no gradient, or None, and return self."""
        self.padding_value = (
            None if padding_value is None else operator.index(padding_value)
        )
        return self

    def set_max_norm(self, max_norm=None):
        """Choose the largest norm of the rows, or None, and return self."""
        self.max_norm = None if max_norm is None else float(max_norm)
        return self

    def set_norm_type(self, norm_type=None):
        """Choose which p-norm it is, None means 2, and return self."""
        if norm_type is not None and not norm_type > 0:
            raise ValueError(
                f"{type(self).__name__}: norm_type is {norm_type}, expected more than 0"
            )
        self.norm_type = norm_type
        return self

    def scale_grad_by_freq(self):
        """Divide each row's gradient by its count in x from now on, and return self."""
        self.should_scale_grad_by_freq = True
        return self

    def forward(self, x):
        rows = self._rows(x)
        self._shorten(rows)
        shape = (*x.shape, self.weight.shape[1])
        self.y = reuse(self.y, shape, self.weight)
        return np.take(self.weight, rows, axis=0, out=self.y, mode="clip")

    def backward(self, x, dC_dy):
        self._check(x, dC_dy)
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, self.weight)
        self.dC_dx.fill(0)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        rows, factors = self._slopes(x, dC_dy)
        np.multiply(factors, scale, out=factors)
        self._accumulate(rows, factors, dC_dy)

    def _slopes(self, x, dC_dy):
        """Return the row that each index stands for, and its part in the gradient."""
        rows = self._check(x, dC_dy).reshape(-1)
        factors = self.work("factors", rows.shape, self.weight.dtype)
        factors.fill(1)
        if self.should_scale_grad_by_freq and len(rows):
            np.divide(factors, counts_of(rows, self.work), out=factors)
        return rows, factors

    def _accumulate(self, rows, factors, dC_dy):
        row, grad = self._padding_row(), self.grad_weight
        before = None if row is None else grad[row].copy()
        starts = range_of(len(rows), self.work)
        add_transposed_product(starts, rows, factors, dC_dy, grad, self.work)
        if row is not None:
            grad[row] = before

    def jvp(self, x, dx, dparams=None):
        rows = self._rows(x)
        check(self, "dx", dx, x.shape)
        shape = (*x.shape, self.weight.shape[1])
        self._dy = reuse(self._dy, shape, self.weight)
        if dparams is None:
            self._dy.fill(0)
            return self._dy
        check(self, "dparams[0]", dparams[0], self.weight.shape)
        dweight = dparams[0].astype(self.weight.dtype, copy=False)
        np.take(dweight, rows, axis=0, out=self._dy, mode="clip")
        row = self._padding_row()
        if row is not None:
            padding = self.work("padding", rows.shape, np.bool_)
            np.equal(rows, row, out=padding)
            np.copyto(self._dy, 0, where=padding[..., None])
        return self._dy

    def _padding_row(self):
        """Return the row that gets no gradient, or None."""
        padding = self.padding_value
        if padding is None or not 0 <= padding - self.first < len(self.weight):
            return None
        return int(padding) - self.first

    def _check_rank(self, x):
        check(self, "x", x, (...,))

    def _rows(self, x):
        """Return which row each index stands for."""
        self._check_rank(x)
        rows = self.work("rows", x.shape, INTP)
        last = len(self.weight) - 1 + self.first
        as_indices(self, "x", x, self.first, last, rows)
        return np.subtract(rows, self.first, out=rows) if self.first else rows

    def _check(self, x, dC_dy):
        rows = self._rows(x)
        check(self, "dC_dy", dC_dy, (*x.shape, self.weight.shape[1]))
        return rows

    def _shorten(self, rows):
        """Bring the rows that are used down to the largest norm."""
        if self.max_norm is None or not rows.size:
            return
        weight = self.weight
        used = distinct(rows, len(weight), self.work)
        p = 2 if self.norm_type is None else self.norm_type
        most = min(rows.size, len(weight)), weight.shape[1]
        chosen = self.work("chosen", most, weight.dtype)[: len(used)]
        np.take(weight, used, axis=0, out=chosen, mode="clip")
        np.power(np.abs(chosen, out=chosen), p, out=chosen)
        norms = np.power(np.add.reduce(chosen, axis=1), 1 / p)
        long = norms > self.max_norm
        used, factors = used[long], self.max_norm / (norms[long] + 1e-7)
        chosen = chosen[: len(used)]
        np.take(weight, used, axis=0, out=chosen, mode="clip")
        weight[used] = np.multiply(chosen, factors[:, None], out=chosen)
