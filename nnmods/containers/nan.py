"""NaN: a watchman against numbers that are none."""

import itertools

import numpy as np

from nnmods.containers.decorator import Decorator
from nnmods.core.arrays import name_of
from nnmods.core.tables import is_table

_numbers = itertools.count(1)


class NaN(Decorator):
    """Compute what its module computes, and raise where a NaN appears.

    ::

        y     = f(x)
        dC_dx = J^T dC_dy

    The error tells the number of the NaN and its module, and whether the NaN came from
    outside (x, dC_dy), from a parameter, or arose in the module.

    Parameters
    ----------
    module : Module
    id : int or str, default=None
        What errors call it; None takes the next number, from 1.

    Raises
    ------
    RuntimeError
        If y, dC_dx or a parameter gradient has a NaN; if ``x`` is not that of the last
        `forward`.

    References
    ----------
    Torch7, ``nn.NaN``.

    Examples
    --------
    >>> from nnmods.activations import Tanh
    >>> NaN(Tanh(), id=7).forward(np.array([np.nan]))
    Traceback (most recent call last):
        ...
    RuntimeError: NaN(7) around Tanh(): x has NaN, expected numbers
    """

    def __init__(self, module, id=None):
        super().__init__(module)
        self.id = next(_numbers) if id is None else id

    def forward(self, x):
        y = super().forward(x)
        if _has_nan(y):
            for path, p, _ in self.named_parameters():
                if not _has_nan(x) and _has_nan(p):
                    self._refuse(path.removeprefix("0."))
            self._refuse("x" if _has_nan(x) else "y")
        return y

    def backward(self, x, dC_dy):
        return self._watched(super().backward(x, dC_dy), dC_dy)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        dC_dx = super().backprop(x, dC_dy, scale, input_grad)
        if input_grad:
            self._watched(dC_dx, dC_dy)
        self._watch_gradients()
        return dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        self._watch_gradients()

    def _watched(self, dC_dx, dC_dy):
        if _has_nan(dC_dx):
            self._refuse("dC_dy" if _has_nan(dC_dy) else "dC_dx")
        return dC_dx

    def _watch_gradients(self):
        for path, _, grad in self.named_parameters():
            if _has_nan(grad):
                self._refuse(f"the gradient of {path.removeprefix('0.')}")

    def _refuse(self, what):
        around = name_of(self.modules[0])
        raise RuntimeError(
            f"NaN({self.id}) around {around}: {what} has NaN, expected numbers"
        )

    def _arguments(self):
        return str(self.id)


def _has_nan(x):
    if is_table(x):
        return any(map(_has_nan, x))
    # a minimum is NaN where one of the numbers is
    return x.size > 0 and x.dtype.kind == "f" and bool(np.isnan(np.min(x)))
