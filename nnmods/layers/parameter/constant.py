"""Constant: the same value whatever x is."""

import operator

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.selection import Selecting


class Constant(Selecting):
    """The same value, whatever the input is.

    ::

        y     = value, repeated for each sample of a batch if n_input_dim is given
        dC_dx = 0

    Parameters
    ----------
    value : float or array_like
        A number counts as an array of one.
    n_input_dim : int, default=None
        The number of axes of a sample: x of more axes is a batch, and y has the value
        once for each x[n]. None: y is the value alone.
    dtype : numpy dtype, default=None
        Of the value; None takes `nnmods.get_default_dtype()`.

    Attributes
    ----------
    value : ndarray
        No parameter: it does not learn.

    Raises
    ------
    TypeError
        If ``value`` is no number and no array of numbers.
    ValueError
        If ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``nn/Constant.lua``.

    Examples
    --------
    >>> Constant([1, 2], n_input_dim=1)(np.zeros((2, 5)))
    array([[1., 2.],
           [1., 2.]])
    """

    def __init__(self, value, n_input_dim=None, *, dtype=None):
        super().__init__(dtype)
        try:
            given = np.asarray(value)
        except ValueError:  # lists of unequal lengths
            given = np.asarray(None)
        if given.dtype.kind not in "fiub":
            raise TypeError(f"Constant: value is {value!r}, expected real numbers")
        self.value = np.atleast_1d(np.array(given, self.dtype))
        self.n_input_dim = None if n_input_dim is None else operator.index(n_input_dim)

    def forward(self, x):
        self.y = reuse(self.y, self._shape(x), self.value, x)
        self.y[...] = self.value
        return self.y

    def backward(self, x, dC_dy):
        check(self, "dC_dy", dC_dy, self._shape(x))
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        self.dC_dx.fill(0)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, self._shape(x), self.value, dx)
        self._dy.fill(0)
        return self._dy

    def _shape(self, x):
        check(self, "x", x, (...,))
        if self.n_input_dim is not None and x.ndim > self.n_input_dim:
            return len(x), *self.value.shape
        return self.value.shape

    def __repr__(self):
        value = self.value.tolist()
        if self.value.size > 6:
            value = f"array of shape {self.value.shape}"
        elif self.value.shape == (1,):
            value = value[0]
        dims = "" if self.n_input_dim is None else f", n_input_dim={self.n_input_dim}"
        return f"Constant({value}{dims})"
