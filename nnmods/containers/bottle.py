"""Bottle: leading axes folded into one around a module."""

import math

import numpy as np

from nnmods.containers.decorator import Decorator
from nnmods.core import check
from nnmods.core.arrays import as_size
from nnmods.core.sketch import Sketch


class Bottle(Decorator):
    """Fold leading axes into one for its module, and unfold them in the output.

    ::

        x     : (a, b, ..., N, *sample)
        x'    = x in the shape (a * b * ... * N, *sample), of n_input_dim axes
        y'    = f(x'), of shape (a * b * ... * M, *output)
        y     = y' in the shape (a, b, ..., M, *output)
        dC_dx = J^T dC_dy in the shapes of y' and of x

    An x of n_input_dim axes or fewer goes to the module as it is.

    Parameters
    ----------
    module : Module
    n_input_dim : int, default=2
        How many axes the module takes, that of its batch included.
    n_output_dim : int, default=None
        How many axes it returns; None means as many as it takes.

    Raises
    ------
    ValueError
        If the output has another number of axes, or its first does not unfold; if
        ``dC_dy`` is not shaped like ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.Bottle``.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> Bottle(Linear(4, 3))(np.ones((5, 2, 6, 4))).shape
    (5, 2, 6, 3)
    """

    _results = (*Decorator._results, "_folded", "_shape")
    _folded = _shape = None  # the shapes of y' and y, None where nothing is folded

    def __init__(self, module, n_input_dim=2, n_output_dim=None):
        n_input_dim = 2 if n_input_dim is None else n_input_dim
        n_output_dim = n_input_dim if n_output_dim is None else n_output_dim
        self.n_input_dim = as_size("Bottle", "n_input_dim", n_input_dim)
        self.n_output_dim = as_size("Bottle", "n_output_dim", n_output_dim)
        for name in ("n_input_dim", "n_output_dim"):
            if getattr(self, name) == 0:
                raise ValueError(f"Bottle: {name} is 0, expected at least 1")
        super().__init__(module)

    def push(self, x, visit):
        check(self, "x", x, (...,))
        extra = x.ndim - self.n_input_dim
        if extra <= 0:
            self._folded = None
            return visit(0, x)
        lead, (n, *sample) = x.shape[:extra], x.shape[extra:]
        times = math.prod(lead)
        y = visit(0, self._reshaped("x", x, (times * n, *sample)))
        check(self, "output of module 0", y, (None,) * self.n_output_dim)
        rows, *output = y.shape
        if times:
            n, rest = divmod(rows, times)
            if rest:
                raise ValueError(
                    f"Bottle: output of module 0 has shape {y.shape}, expected a "
                    f"multiple of {times} first, the product of {lead} in x"
                )
        self._folded, self._shape = y.shape, (*lead, n, *output)
        return self._reshaped("y", y, self._shape)

    def pull(self, dC_dy, visit, input_grad=True):
        if self._folded is None:
            return visit(0, dC_dy, input_grad)
        check(self, "dC_dy", dC_dy, self._shape)
        dC_dx = visit(0, self._reshaped("dC_dy", dC_dy, self._folded), input_grad)
        return self._reshaped("dC_dx", dC_dx, self._x.shape) if input_grad else None

    def sketch(self):
        return Sketch.chain(len(self), note="leading axes folded")

    def _reshaped(self, name, array, shape):
        """Return a view where the memory allows it, else a copy."""
        try:
            return np.reshape(array, shape, copy=False)
        except ValueError:  # its memory runs in another order
            copy = self.work(name, shape, array.dtype)
            copy.reshape(array.shape)[...] = array
            return copy

    def _arguments(self):
        n, m = self.n_input_dim, self.n_output_dim
        return "" if n == m == 2 else f"{n}" if n == m else f"{n}, {m}"
