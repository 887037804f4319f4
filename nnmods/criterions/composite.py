"""CompositeCriterion: a list of criterions, each with a weight."""

import numpy as np

from nnmods.core import Criterion, check
from nnmods.core.options import as_number
from nnmods.core.tables import check_like, map_table, reuse_table


class CompositeCriterion(Criterion):
    """A weighted sum of the costs of several criterions, counted from 0.

    Attributes
    ----------
    criterions : list of Criterion
    weights : list of float
    """

    def __init__(self, *, dtype=None):
        super().__init__(dtype)
        self.criterions, self.weights = [], []

    def add(self, criterion, weight=1):
        """Append a criterion, and return self.

        Raises
        ------
        TypeError
            If it is not a Criterion, or its weight not a number.
        """
        if not isinstance(criterion, Criterion):
            raise TypeError(
                f"{type(self).__name__}: criterion has type "
                f"{type(criterion).__name__}, expected a Criterion"
            )
        weight = float(as_number(self, "weight", weight, 1))
        self.criterions.append(criterion)
        self.weights.append(weight)
        return self

    def astype(self, dtype):
        """Convert the criterions too, in place, and return self."""
        for criterion in self.criterions:
            criterion.astype(dtype)
        return super().astype(dtype)

    def clear_state(self):
        """Drop results and scratch memory, those of the criterions too, return self."""
        for criterion in self.criterions:
            criterion.clear_state()
        return super().clear_state()

    def backward(self, y, target=None):
        self.dC_dy = self._combined("backward", self.dC_dy, y, target)
        return self.dC_dy

    def hvp(self, y, target, dy):
        self._ddC_dy = self._combined("hvp", self._ddC_dy, y, target, dy)
        return self._ddC_dy

    def diag_hessian(self, y, target):
        self._d2C_dy2 = self._combined("diag_hessian", self._d2C_dy2, y, target)
        return self._d2C_dy2

    def _combined(self, verb, buffer, y, target, *dy):
        """Return what the verb of each criterion gives, weighted, shaped like y."""
        raise NotImplementedError(f"{self!r}: _combined is not written")

    def _reuse(self, buffer, y, *dy):
        """Return memory shaped like ``y``, once all of it is known to be arrays."""
        map_table(lambda a: check(self, "y", a, (...,)), y)
        for direction in dy:
            check_like(self, "dy", direction, y)
        return reuse_table(buffer, self, y, *dy)

    def _put(self, total, weight, term):
        """Write ``weight * term``, arrays or tables alike, to ``total``."""
        map_table(lambda t, x: np.multiply(x, weight, out=t), total, term)

    def _add(self, total, weight, term):
        """Add ``weight * term``, arrays or tables alike, to ``total``."""

        def add(t, x):
            share = self.work("share", t.shape, t.dtype)
            np.add(t, np.multiply(x, weight, out=share), out=t)

        map_table(add, total, term)

    def _options(self):
        """Return what stands in the repr before the criterions."""
        return ""

    def __repr__(self):
        lines = "".join(
            f"\n({i}): {weight:g} * {criterion!r}"
            for i, (weight, criterion) in enumerate(
                zip(self.weights, self.criterions, strict=True)
            )
        )
        options = self._options()
        body = f"{options}{',' if options and lines else ''}{lines}"
        body = body.replace("\n", "\n  ") + ("\n" if lines else "")
        return f"{type(self).__name__}({body})"
