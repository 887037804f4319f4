"""CAdd: adds a learned bias of any shape."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.selection import Selecting
from nnmods.layers.parameter.spreading import Spreading


class CAdd(Spreading, Selecting):
    """Adds a learned bias, repeated where it is smaller than x.

    ::

        y          = x + bias
        dC_dx      = dC_dy
        grad_bias += scale * dC_dy, summed over where the bias was repeated

    The bias fits if it has as many entries as x or as a sample x[0], in order; if it
    has as many axes as x, of which those of length 1 are repeated; or if it has one
    entry. Over the channels of a batch of images it is thus CAdd(1, C, 1, 1).

    This is Torch7's CAdd, and its Add too; `Add` here is the sum of a table.

    Parameters
    ----------
    *size : int
        The shape of the bias, also as one tuple. As in Torch7's Add, a last argument
        True stands for ``scalar=True``.
    scalar : bool, default=False
        Whether the bias is one number, whatever the size.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(number of entries).

    Attributes
    ----------
    bias, grad_bias : ndarray

    Raises
    ------
    ValueError
        If the bias does not fit ``x``, or ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    .. [1] Torch7, ``nn/CAdd.lua``, ``nn/Add.lua``.

    Examples
    --------
    >>> module = CAdd(2, rng=0)
    >>> module.bias[...] = [10, 20]
    >>> module(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[11., 22.],
           [13., 24.]])
    """

    name = "bias"

    def __init__(self, *size, scalar=False, dtype=None, rng=None):
        if size and (size[-1] is None or isinstance(size[-1], (bool, np.bool_))):
            *size, scalar = size
        super().__init__((1,) if scalar else tuple(size), dtype=dtype, rng=rng)

    def forward(self, x):
        shape = self._spread(x)
        self.y = reuse(self.y, x.shape, x, self.bias)
        return np.add(x, self.bias.reshape(shape), out=self.y)

    def backward(self, x, dC_dy):
        self._spread(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, self.bias)
        self.dC_dx[...] = dC_dy
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        shape = self._spread(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self._add_summed(dC_dy, shape, scale)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self.acc_grad_params(x, d2C_dy2, scale)  # squares of 0 and 1 are the same

    def _terms(self, x, dC_dy):
        return dC_dy

    def jvp(self, x, dx, dparams=None):
        shape = self._spread(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, x.shape, dx, self.bias)
        if dparams is None:
            self._dy[...] = dx
            return self._dy
        check(self, "dparams[0]", dparams[0], self.bias.shape)
        return np.add(dx, dparams[0].reshape(shape), out=self._dy)
