"""MixtureTable: the outputs of experts, weighted and added up."""

import operator

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.axes import axis_in
from nnmods.core.tables import check_like, check_table, is_table, reuse_table
from nnmods.layers.table.multilinear import Multilinear


class MixtureTable(Multilinear):
    """Add up the outputs of experts, weighted by a gater.

    ::

        x           = [gater, experts]
        y           = sum_i gater[..., i] * experts[i]
        dC_dx[0][..., i] = (dC_dy * experts[i]).sum()       (of each sample)
        dC_dx[1][i]      = gater[..., i] * dC_dy

    The gater has a weight for each expert, (N, k) for a batch or (k,) for one sample.
    The experts are a table of k arrays of one shape, (N, ...) or (...), or one array
    in which they lie along an axis.

    Parameters
    ----------
    axis : int or None, default=None
        Of the experts, where they are one array; counts from 0, the batch axis too,
        and negative ones count from the end. None means 1 in a batch and 0 in a sample.

    Raises
    ------
    TypeError
        If ``x`` is not a table of an array and an array or table.
    ValueError
        If there is not one expert for each weight, the numbers of samples or the shapes
        of the experts differ, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.MixtureTable``.

    Examples
    --------
    >>> gater, a, b = np.array([0.25, 0.75]), np.array([4.0]), np.array([8.0])
    >>> MixtureTable()([gater, [a, b]])
    array([7.])
    """

    def __init__(self, axis=None):
        super().__init__()
        self.axis = None if axis is None else operator.index(axis)

    def forward(self, x):
        gater, experts, _ = self._check(x)
        shape = experts[0].shape
        self.y = y = reuse(self.y, shape, *experts, gater, module=self)
        return self._mix([(gater, experts)], y)

    def backward(self, x, dC_dy):
        gater, experts, place = self._check(x)
        check(self, "dC_dy", dC_dy, experts[0].shape)
        old = self.dC_dx or (None, None)
        dgater = reuse(old[0], gater.shape, gater, dC_dy, *experts, module=self)
        others = [dC_dy, gater]
        if place is None:  # a table, then: the operands of each entry
            others = [[other] * len(experts) for other in others]
        grads = reuse_table(old[1], self, x[1], *others)
        self.dC_dx = [dgater, grads]
        product = self.work("product", dC_dy.shape, dgater.dtype)
        within = tuple(range(gater.ndim - 1, dC_dy.ndim))  # the axes of one sample
        for i, grad in enumerate(_along(grads, place)):
            np.multiply(dC_dy, experts[i], out=product, dtype=product.dtype)
            np.add.reduce(product, axis=within, out=dgater[..., i])
            _gated(gater, i, dC_dy, grad)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        gater, experts, place = self._check(x)
        dexperts, shape = _along(dx[1], place), experts[0].shape
        operands = *dexperts, *experts, gater, dx[0]
        self._dy = dy = reuse(self._dy, shape, *operands, module=self)
        return self._mix([(gater, dexperts), (dx[0], experts)], dy)

    def _mix(self, pairs, out):
        """Write the sum of the gated experts of all pairs into ``out``."""
        product = self.work("term", out.shape, out.dtype)
        out.fill(0)
        for gater, experts in pairs:
            for i, expert in enumerate(experts):
                _gated(gater, i, expert, product)
                np.add(out, product, out=out)
        return out

    def _check(self, x):
        """Return the gater, a list of the experts, and their axis or None."""
        check_table(self, "x", x, 2)
        gater, experts = x
        check(self, "x[0]", gater, (..., None))
        batch, count, place = gater.ndim - 1, gater.shape[-1], None
        if batch > 1 or count == 0:
            raise ValueError(
                f"{self!r}: x[0] has shape {gater.shape}, expected (N, k) or (k,), of "
                "1 or more experts"
            )
        if is_table(experts):
            check_table(self, "x[1]", experts, count)
            check(self, "x[1][0]", experts[0], (...,))
            for i, expert in enumerate(experts):
                check(self, f"x[1][{i}]", expert, experts[0].shape)
        else:
            check(self, "x[1]", experts, (...,))
            place = batch if self.axis is None else self.axis
            place = axis_in(self, "x[1]", experts, place)
            if place < batch or experts.shape[place] != count:
                raise ValueError(
                    f"{self!r}: x[1] has shape {experts.shape}, expected {count} "
                    f"experts along axis {place}"
                )
        experts = _along(experts, place)
        if experts[0].shape[:batch] != gater.shape[:-1]:
            raise ValueError(
                f"{self!r}: x[1] has experts of shape {experts[0].shape}, expected "
                f"{gater.shape[0]} samples, as in x[0]"
            )
        return gater, experts, place

    def __repr__(self):
        return f"MixtureTable({'' if self.axis is None else self.axis})"


def _along(experts, place):
    """Return the experts as a list: that of a table, or slices along an axis."""
    if place is None:
        return experts
    before = (slice(None),) * place
    return [experts[(*before, i, ...)] for i in range(experts.shape[place])]


def _gated(gater, i, expert, out):
    """Write the product of an expert and its weights, (N,) or (), into ``out``."""
    gate, form = gater[..., i], "...,..." if gater.ndim == 1 else "n,n..."
    target = form.partition(",")[2]
    options = {"out": out, "dtype": out.dtype, "casting": "same_kind"}
    # np.multiply would take buffers where the experts are slices of an array
    np.einsum(f"{form}->{target}", gate, expert, **options)
