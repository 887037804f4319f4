"""SeqReverseSequence: an array backwards along one axis."""

import operator

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.axes import axis_in


class SeqReverseSequence(LinearMap):
    """Reverse an array along an axis.

    ::

        y[t]     = x[T - 1 - t]
        dC_dx[t] = dC_dy[T - 1 - t]

    Parameters
    ----------
    axis : int
        Counted from 0, or from the end if negative.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or ``dC_dy`` is not shaped like y.

    References
    ----------
    Torch7, ``nn.SeqReverseSequence`` of the package rnn.

    Examples
    --------
    >>> SeqReverseSequence(0)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[3., 4.],
           [1., 2.]])
    """

    def __init__(self, axis):
        super().__init__()
        self.axis = operator.index(axis)

    def forward(self, x):
        self._check(x)
        self.y = reuse(self.y, x.shape, x, module=self)
        self.y[...] = np.flip(x, self.axis)
        return self.y

    def backward(self, x, dC_dy):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, x, module=self)
        self.dC_dx[...] = np.flip(dC_dy, self.axis)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx, dparams)

    def _check(self, x):
        check(self, "x", x, (...,))
        axis_in(self, "x", x, self.axis)

    def __repr__(self):
        return f"SeqReverseSequence({self.axis})"
