"""Maxout: the largest of several affine maps."""

import numpy as np

from nnmods.core import Module, check, reuse
from nnmods.core.arrays import as_size, same_memory
from nnmods.layers.linear.affine import Affine
from nnmods.layers.linear.maxout_second_order import MaxoutSecondOrder
from nnmods.layers.table.winners import last_winners


class Maxout(MaxoutSecondOrder):
    """Largest, output by output, of several affine maps of x.

    ::

        z     = x @ weight.T + bias, in the shape (..., max_number, out_features)
        z     = preprocess(z), if there is one
        y     = z.max(axis=-2)
        dC_dz = dC_dy at the largest z, else 0; of equal ones the first counts

    Back from there it is the chain rule, through ``preprocess`` and the affine map.

    Parameters
    ----------
    in_features, out_features : int
        Length of ``x`` and of ``y``.
    max_number : int
        How many maps there are.
    preprocess : Module, default=None
        Applied to z of shape (..., max_number, out_features), before the largest.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features).

    Attributes
    ----------
    linear : Module
        The affine maps, of weight (max_number * out_features, in_features).

    Raises
    ------
    ValueError
        If ``x`` is neither (in_features,) nor (N, in_features), or ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    .. [1] I. Goodfellow et al., "Maxout Networks", ICML 2013, eq. (1).

    Examples
    --------
    >>> module = Maxout(1, 1, 2, rng=0)
    >>> module.linear.weight[...], module.linear.bias[...] = [[1], [-1]], 0
    >>> module(np.array([[-3.0], [2.0]]))  # the absolute value
    array([[3.],
           [2.]])
    """

    _results = (*Module._results, "_maps", "_z")
    _maps = _z = None

    def __init__(
        self,
        in_features,
        out_features,
        max_number,
        preprocess=None,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self.in_features = as_size("Maxout", "in_features", in_features)
        self.out_features = as_size("Maxout", "out_features", out_features)
        self.max_number = as_size("Maxout", "max_number", max_number)
        if not self.max_number:
            raise ValueError("Maxout: max_number is 0, expected 1 or more")
        if preprocess is not None and not isinstance(preprocess, Module):
            raise TypeError(
                f"Maxout: preprocess has type {type(preprocess).__name__}, "
                "expected a Module"
            )
        n_maps = self.out_features * self.max_number
        self.linear = Affine(self.in_features, n_maps, dtype=dtype, rng=rng)
        self.preprocess = preprocess

    def forward(self, x):
        self._check(x)
        y = self.linear.forward(x)
        maps = y.reshape(*x.shape[:-1], self.max_number, self.out_features)
        z = maps if self.preprocess is None else self.preprocess.forward(maps)
        check(self, "z", z, maps.shape)
        self.y = reuse(self.y, (*x.shape[:-1], self.out_features), x, z)
        np.maximum.reduce(z, axis=-2, out=self.y)
        self._x, self._maps, self._z = x, maps, z
        return self.y

    def backward(self, x, dC_dy):
        dC_dmaps = self._pull(x, dC_dy, None)
        self.dC_dx = self.linear.backward(x, dC_dmaps)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.linear.acc_grad_params(x, self._pull(x, dC_dy, scale), scale)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        dC_dmaps = self._pull(x, dC_dy, scale)
        dC_dx = self.linear.backprop(x, dC_dmaps, scale, input_grad)
        if input_grad:
            self.dC_dx = dC_dx
        return dC_dx

    def jvp(self, x, dx, dparams=None):
        self._prepare(x)
        first, rest = self._shares(dparams)
        dz = self.linear.jvp(x, dx, first).reshape(self._maps.shape)
        if self.preprocess is not None:
            dz = self.preprocess.jvp(self._maps, dz, rest)
        self._dy = reuse(self._dy, self.y.shape, dz)
        for k, won in self._winners():
            np.copyto(self._dy, dz[..., k, :], where=won)
        return self._dy

    def _shares(self, dparams):
        """Return the directions of the affine maps and those of ``preprocess``."""
        if dparams is None:
            return None, None
        n_own = len(self.linear.parameters()[0])
        return dparams[:n_own], dparams[n_own:]

    def _pull(self, x, dC_dy, scale):
        """Return the gradient by the maps; with a scale, learn on the way."""
        self._prepare(x)
        check(self, "dC_dy", dC_dy, self.y.shape)
        dtype = np.result_type(dC_dy, self._z)
        dC_dz = self.work("dC_dz", self._z.shape, dtype)
        dC_dz.fill(0)
        for k, won in self._winners():
            np.copyto(dC_dz[..., k, :], dC_dy, where=won)
        if self.preprocess is not None:
            if scale is None:
                dC_dz = self.preprocess.backward(self._maps, dC_dz)
            else:
                dC_dz = self.preprocess.backprop(self._maps, dC_dz, scale)
        return dC_dz.reshape(*x.shape[:-1], self.max_number * self.out_features)

    def _prepare(self, x):
        """Make the maps those of this x."""
        if x is not self._x and not same_memory(x, self._x):
            self.forward(x)

    def _winners(self):
        """Yield each map's number, and where it is the first of the largest."""
        last = self.max_number - 1
        turned = [self._z[..., last - k, :] for k in range(self.max_number)]
        for k, won in last_winners(turned, self.work):
            yield last - k, won

    def _check(self, x):
        one = getattr(x, "ndim", None) == 1
        check(self, "x", x, (self.in_features,) if one else (None, self.in_features))

    def __repr__(self):
        inner = "" if self.preprocess is None else f", preprocess={self.preprocess!r}"
        sizes = f"{self.in_features} -> {self.out_features}, {self.max_number}"
        return f"Maxout({sizes}{inner})"
