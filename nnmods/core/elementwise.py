"""Elementwise: the family of y = f(x), entry by entry."""

import numpy as np

from nnmods.core.arrays import check, reuse, same_memory
from nnmods.core.module import Module


class Elementwise(Module):
    """A function of each entry alone; its Jacobian is diagonal.

    ::

        y     = f(x)
        dC_dx = f'(x) * dC_dy
        dy    = f'(x) * dx

    A subclass writes ``f(x, out)`` and ``df(x, y, out)``; the latter may use y or x,
    whichever is cheaper. Any shape will do, so batches need no thought.

    Raises
    ------
    TypeError
        If ``x`` is not an array of real numbers.
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    Examples
    --------
    >>> class Square(Elementwise):
    ...     def f(self, x, out):
    ...         np.square(x, out=out)
    ...     def df(self, x, y, out):
    ...         np.multiply(x, 2, out=out)
    >>> Square().backward(np.array([3.0]), np.array([1.0]))
    array([6.])
    """

    _results = (*Module._results, "_dC_dy")
    _dC_dy = None  # that of the last backward, which found that it fits x

    def f(self, x, out):
        """Write f(x) into ``out``."""
        raise NotImplementedError(f"{self!r}: f(x, out) is not written")

    def df(self, x, y, out):
        """Write f'(x), where y = f(x), into ``out``."""
        raise NotImplementedError(f"{self!r}: df(x, y, out) is not written")

    def forward(self, x):
        # The array of the last call was checked, and y fits it.
        if x is not self._x or x is None:
            check(self, "x", x, (...,))
            self.y = reuse(self.y, x.shape, x, module=self)
            self._x, self._dC_dy = x, None
        self.f(x, self.y)
        return self.y

    def backward(self, x, dC_dy):
        y = self._output(x)
        if dC_dy is not self._dC_dy or dC_dy is None:
            check(self, "dC_dy", dC_dy, x.shape)
            self.dC_dx = reuse(self.dC_dx, x.shape, y, dC_dy)
            self._dC_dy = dC_dy
        self.df(x, y, self.dC_dx)
        return np.multiply(self.dC_dx, dC_dy, out=self.dC_dx)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        return self.backward(x, dC_dy) if input_grad else None

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        y = self._output(x)
        self._dy = reuse(self._dy, x.shape, y, dx)
        self.df(x, y, self._dy)
        return np.multiply(self._dy, dx, out=self._dy)

    def _output(self, x):
        """Return f(x): that of the last forward, if it was of this x."""
        if x is not self._x and not same_memory(x, self._x):
            self.forward(x)
        return self.y
