"""CMul and Mul: multiply by a learned weight, entry by entry."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.weighted import Weighted
from nnmods.layers.parameter.spreading import Spreading


class Scaling(Spreading, Weighted):
    """A learned weight that multiplies x, entry by entry.

    ::

        y            = weight * x
        dC_dx        = weight * dC_dy
        grad_weight += scale * x * dC_dy, summed over where the weight was repeated
    """

    def forward(self, x):
        shape = self._spread(x)
        self.y = reuse(self.y, x.shape, x, self.weight)
        return np.multiply(x, self.weight.reshape(shape), out=self.y)

    def backward(self, x, dC_dy):
        shape = self._spread(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, self.weight)
        return np.multiply(dC_dy, self.weight.reshape(shape), out=self.dC_dx)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        shape = self._spread(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self._add_summed(self._terms(x, dC_dy), shape, scale)

    def _terms(self, x, dC_dy):
        terms = self.work("terms", x.shape, np.result_type(dC_dy, self.weight))
        return np.multiply(x, dC_dy, out=terms, casting="same_kind")

    def jvp(self, x, dx, dparams=None):
        shape = self._spread(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, x.shape, dx, self.weight)
        np.multiply(dx, self.weight.reshape(shape), out=self._dy)
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
            part = self.work("part of dy", x.shape, self._dy.dtype)
            self._dy += np.multiply(x, dparams[0].reshape(shape), out=part)
        return self._dy


class CMul(Scaling):
    """Multiplies by a learned weight, repeated where it is smaller than x.

    ::

        y            = weight * x
        dC_dx        = weight * dC_dy
        grad_weight += scale * x * dC_dy, summed over where the weight was repeated

    The weight fits if it has as many entries as x or as a sample x[0], in order; if it
    has as many axes as x, of which those of length 1 are repeated; or if it has one
    entry. Over the channels of a batch of images it is thus CMul(1, C, 1, 1).

    Parameters
    ----------
    *size : int
        The shape of the weight, also as one tuple.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(number of entries).

    Attributes
    ----------
    weight, grad_weight : ndarray

    Raises
    ------
    ValueError
        If the weight does not fit ``x``, or ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    .. [1] Torch7, ``nn/CMul.lua``.

    Examples
    --------
    >>> module = CMul(2, rng=0)
    >>> module.weight[...] = [10, 100]
    >>> module(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[ 10., 200.],
           [ 30., 400.]])
    """

    def __init__(self, *size, dtype=None, rng=None):
        super().__init__(size, dtype=dtype, rng=rng)


class Mul(Scaling):
    """Multiplies all of x by one learned number.

    ::

        y            = weight[0] * x
        dC_dx        = weight[0] * dC_dy
        grad_weight += scale * (x * dC_dy).sum()

    Parameters
    ----------
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial value, uniform on +-1.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (1,)

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    .. [1] Torch7, ``nn/Mul.lua``.

    Examples
    --------
    >>> module = Mul(rng=0)
    >>> module.weight[...] = 3
    >>> module(np.array([1.0, 2.0]))
    array([3., 6.])
    """

    def __init__(self, *, dtype=None, rng=None):
        super().__init__((1,), dtype=dtype, rng=rng)

    def __repr__(self):
        return "Mul()"
