"""Replicate: the same array several times, along a new axis."""

from operator import index

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.arrays import as_size


class Replicate(LinearMap):
    """Repeat an array along a new axis.

    ::

        y[..., i, ...] = x, for i = 0 ... n - 1  (a view of x, which cannot be written)
        dC_dx          = dC_dy summed along the new axis

    Parameters
    ----------
    n : int
        How many times.
    axis : int, default=0
        Where the new axis will be, counted from 0, the batch axis too.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array of more is
        a batch, and the place after the next axis is meant.

    Raises
    ------
    ValueError
        If ``n`` or ``axis`` is negative, if ``x`` has fewer axes than are to be before
        the new one, or if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Replicate``.

    Examples
    --------
    >>> Replicate(2)(np.array([1.0, 3.0])), Replicate(2, 1)(np.array([1.0, 3.0]))
    (array([[1., 3.],
           [1., 3.]]), array([[1., 1.],
           [3., 3.]]))
    """

    def __init__(self, n, axis=0, num_input_dims=0):
        super().__init__()
        self.n = as_size("Replicate", "n", n)
        self.axis = as_size("Replicate", "axis", 0 if axis is None else axis)
        self.num_input_dims = index(num_input_dims or 0)

    def forward(self, x):
        axis, shape = self._new(x)
        self.y = np.broadcast_to(np.expand_dims(x, axis), shape)
        return self.y

    def backward(self, x, dC_dy):
        axis, shape = self._new(x)
        check(self, "dC_dy", dC_dy, shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        return np.add.reduce(dC_dy, axis, dtype=self.dC_dx.dtype, out=self.dC_dx)

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)

    def _new(self, x):
        """Return the new axis and the shape of y."""
        check(self, "x", x, (...,))
        axis = self.axis + (0 < self.num_input_dims < x.ndim)
        if axis > x.ndim:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected at least {axis} axes"
            )
        return axis, (*x.shape[:axis], self.n, *x.shape[axis:])

    def __repr__(self):
        arguments = str(self.n) + (f", {self.axis}" if self.axis else "")
        if self.num_input_dims:
            arguments += f", num_input_dims={self.num_input_dims}"
        return f"Replicate({arguments})"
