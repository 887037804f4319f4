"""ElementwiseCriterion: the family of costs that sum over entries."""

import numpy as np

from nnmods.core import Criterion, check, reuse
from nnmods.criterions.options import as_flag, describe


class ElementwiseCriterion(Criterion):
    """A sum of costs of each entry alone, or their mean.

    ::

        C      = scale * sum(c(y, target))
        dC_dy  = scale * dc/dy(y, target)
        ddC_dy = scale * d2c/dy2(y, target) * dy
        scale  = 1 / number of entries of y, or 1 without size_average

    A subclass writes ``c(y, target, out)``, ``dc(y, target, scale, out)``, and
    ``d2c(y, target, scale, out)`` or ``curved = False``; where ``target`` is not simply
    an array like ``y``, also `_compared`, which makes one of it. Any shape will do. Of
    nothing, an empty ``y``, the cost is 0.

    Parameters
    ----------
    size_average : bool, default=True
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` or ``target`` is not an array of real numbers.
    ValueError
        If ``target`` is not shaped like ``y``.
    """

    _results = (*Criterion._results, "_terms")
    _terms = None

    def __init__(self, size_average=True, *, dtype=None):
        super().__init__(dtype)
        self.size_average = as_flag(size_average)

    def c(self, y, target, out):
        """Write the cost of each entry into ``out``."""
        raise NotImplementedError(f"{self!r}: c(y, target, out) is not written")

    def dc(self, y, target, scale, out):
        """Write ``scale`` times the derivative of each cost by y into ``out``."""
        raise NotImplementedError(f"{self!r}: dc(y, target, scale, out) is not written")

    def d2c(self, y, target, scale, out):
        """Write ``scale`` times the second derivative of each cost into ``out``."""
        raise NotImplementedError(
            f"{self!r}: d2c(y, target, scale, out) is not written; "
            "second derivatives need it"
        )

    def forward(self, y, target):
        target = self._compared(y, target)
        # Not in dC_dy: whoever called backward may still be using that.
        self._terms = reuse(self._terms, y.shape, y, module=self)
        self.c(y, target, self._terms)
        self.C = float(np.add.reduce(self._terms, axis=None)) * self._scale(y)
        return self.C

    def backward(self, y, target):
        target = self._compared(y, target)
        self.dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        self.dc(y, target, self._scale(y), self.dC_dy)
        return self.dC_dy

    def hvp(self, y, target, dy):
        if not self.curved:
            return super().hvp(y, target, dy)
        target = self._compared(y, target)
        check(self, "dy", dy, y.shape)
        self._ddC_dy = out = reuse(self._ddC_dy, y.shape, y, dy, module=self)
        self.d2c(y, target, self._scale(y), out)
        return np.multiply(out, dy, out=out)

    def diag_hessian(self, y, target):
        if not self.curved:
            return super().diag_hessian(y, target)
        target = self._compared(y, target)
        self._d2C_dy2 = reuse(self._d2C_dy2, y.shape, y, module=self)
        self.d2c(y, target, self._scale(y), self._d2C_dy2)
        return self._d2C_dy2

    def _compared(self, y, target):
        """Return what `c` and `dc` take as the target, once all is checked."""
        check(self, "y", y, (...,))
        check(self, "target", target, y.shape)
        return target

    def _scale(self, y):
        return 1 / y.size if self.size_average and y.size else 1.0

    def __repr__(self):
        return describe(self, size_average=True)
