"""Criterion: the contract of a scalar cost of y and target."""

import importlib

from nnmods.core.dtypes import float_dtype
from nnmods.core.inheriting import follow_sweep
from nnmods.core.node import has_nodes
from nnmods.core.rows import diagonal
from nnmods.core.state import State
from nnmods.core.tables import check_like, map_table, reuse_table


class Criterion(State):
    """A scalar cost C of y, given a target.

    A subclass writes `forward` and `backward`. Averaging over examples belongs here:
    modules only ever sum.

    Parameters
    ----------
    dtype : numpy dtype, default=None
        Of its weights, and of dC_dy for integer y.

    Attributes
    ----------
    C : float or None
        The cost that the last `forward` returned.
    dC_dy : ndarray, table or None
        The gradient that the last `backward` returned: a buffer that is reused.
    curved : bool, default=True
        Whether `backward` changes with y, otherwise than in steps. A class that is
        linear or piecewise linear in y says no: its Hessian is 0.
    """

    _results = ("C", "dC_dy", "_ddC_dy", "_d2C_dy2", "work")
    C = dC_dy = _ddC_dy = _d2C_dy2 = None
    curved = True

    def __init_subclass__(cls):
        super().__init_subclass__()
        follow_sweep(cls)

    def __init__(self, dtype=None):
        self._dtype = float_dtype(dtype)

    def __call__(self, y, target=None):
        """Return ``forward(y, target)``.

        On nodes, or one table of both, it makes a node of a graph, whose value is the
        cost; see `CriterionTable`.
        """
        if has_nodes(y):
            layers = importlib.import_module("nnmods.layers")  # no part of this room
            return layers.CriterionTable(self)(y if target is None else [y, target])
        return self.forward(y, target)

    def forward(self, y, target):
        """Return the cost C, a float."""
        raise NotImplementedError(f"{self!r}: forward(y, target) is not written")

    def backward(self, y, target):
        """Return dC_dy, shaped like y, in a buffer that the next call overwrites."""
        raise NotImplementedError(f"{self!r}: backward(y, target) is not written")

    def hvp(self, y, target, dy):
        """Return the Hessian of C by y, times a direction dy: an array or table.

        It is the derivative of `backward` along dy, and may lie in a buffer.

        Raises
        ------
        TypeError, ValueError
            If ``dy`` is not built and shaped like ``y``, or for what `backward` raises.
        NotImplementedError
            If a class without one is `curved`.
        """
        if self.curved:
            raise NotImplementedError(
                f"{self!r}: hvp(y, target, dy) is not written; "
                "second derivatives need it"
            )
        check_like(self, "dy", dy, y)
        self._ddC_dy = self._zeros(self._ddC_dy, y, target, dy)
        return self._ddC_dy

    def diag_hessian(self, y, target):
        """Return d2C_dy2, the diagonal of that Hessian, shaped like y.

        A class without a formula of its own pays with an `hvp` for each entry of y.
        """
        if self.curved:
            self.backward(y, target)  # it knows what to refuse
            return diagonal(lambda dy: self.hvp(y, target, dy), y)
        self._d2C_dy2 = self._zeros(self._d2C_dy2, y, target)
        return self._d2C_dy2

    def _zeros(self, buffer, y, target, *others):
        """Return zeros like dC_dy, in ``buffer`` where that fits."""
        zeros = reuse_table(buffer, self, self.backward(y, target), *others)
        map_table(lambda out: out.fill(0), zeros)
        return zeros

    def __repr__(self):
        return f"{type(self).__name__}()"
