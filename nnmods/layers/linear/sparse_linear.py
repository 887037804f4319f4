"""SparseLinear: an affine map of lists of (index, value) pairs."""

import numpy as np

from nnmods.core import get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.core.tables import is_table
from nnmods.kernels.sparse import scratch
from nnmods.layers.linear.indices import INTP, as_indices
from nnmods.layers.linear.joined import joined
from nnmods.layers.linear.pairs import read_pairs
from nnmods.layers.linear.sparse_affine import SparseAffine


class SparseLinear(SparseAffine):
    """Affine map of (index, value) pairs, all other inputs being 0.

    ::

        y                          = sum over pairs of value * weight[:, index] + bias
        grad_weight[:, index]     += scale * value * dC_dy
        grad_bias                 += scale * dC_dy
        dC_dx, the value at index  = dC_dy @ weight[:, index], for all indices

    ====================================  ==========  =================================
    x                                     y           dC_dx
    ====================================  ==========  =================================
    (nnz, 2), one sample                  (out,)      a table of one (in, 2)
    a table of N arrays (nnz, 2)          (N, out)    a table of N arrays (in, 2)
    (N, nnz, 2)                           (N, out)    (N, in, 2)
    a table of indices and values, 1-d    (out,)      a table of one (in, 2)
    ====================================  ==========  =================================

    An array of pairs has the indices in its first column and the values in its second.
    Indices that occur twice add up; where a value is 0 its index does not matter. An
    empty table is one sample of zeros.

    Parameters
    ----------
    in_features, out_features : int
    do_grad_input : bool, default=False
        Whether `backward` computes dC_dx; otherwise it is an empty table, or zeros
        shaped like x of three axes.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial weight, uniform on +-1/sqrt(in_features), and a millionth of
        such numbers for the bias.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features)
    bias, grad_bias : ndarray, shape (out_features,)
    weight_decay : float
        `acc_grad_params` adds this share of the weight to its gradient; 0 at first.

    Raises
    ------
    ValueError
        If ``x`` has none of these shapes, or an index is out of range or not whole.

    References
    ----------
    .. [1] Torch7, ``nn/SparseLinear.lua``.

    Examples
    --------
    >>> module = SparseLinear(4, 1, rng=0)
    >>> module.weight[...], module.bias[...] = [1, 10, 100, 1000], 0.5
    >>> module(np.array([[0, 2.0], [3, 1.0]]))
    array([1002.5])
    """

    _results = (*SparseAffine._results, "_pairs")
    slopes = ("dC_dx", "_pairs")
    _pairs = None  # the memory of dC_dx

    def __init__(
        self, in_features, out_features, do_grad_input=False, *, dtype=None, rng=None
    ):
        super().__init__(dtype)
        self.in_features = as_size("SparseLinear", "in_features", in_features)
        self.out_features = as_size("SparseLinear", "out_features", out_features)
        self.do_grad_input = bool(do_grad_input)
        self.weight_decay = 0.0
        self.weight = np.empty((self.out_features, self.in_features), self.dtype)
        self.bias = np.empty(self.out_features, self.dtype)
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.in_features)
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        self.bias[...] = 1e-6 * rng.uniform(-bound, bound, self.bias.shape)
        return self

    def backward(self, x, dC_dy):
        _, _, starts, single = self._read(x)
        dC_dy, before = self._batch(dC_dy, starts, single), self._pairs
        in_table = is_table(x) or x.ndim == 2
        if self.do_grad_input:
            shape = len(dC_dy), self.in_features, 2
            pairs = self._pairs = reuse(before, shape, dC_dy, self.weight)
            pairs[..., 0] = np.arange(self.in_features)
            pairs[..., 1] = self._dense_gradient(dC_dy)
        elif in_table:
            pairs = self._pairs = None
        else:
            pairs = self._pairs = reuse(before, x.shape, dC_dy, self.weight)
            pairs.fill(0)
        if not in_table:
            self.dC_dx = pairs
        elif pairs is None:
            self.dC_dx = []
        elif pairs is not before or not is_table(self.dC_dx):
            self.dC_dx = list(pairs)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        if self.weight_decay:
            step = self.work("decay", self.weight.shape, self.weight.dtype)
            np.multiply(self.weight, self.weight_decay, out=step)
            self.grad_weight += step

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        ddC_dx = super().hvp(x, dC_dy, dx, dparams, scale)
        if self.weight_decay and dparams is not None:
            self.grad_weight += self.weight_decay * dparams[0]
        return ddC_dx

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        decay, self.weight_decay = self.weight_decay, 0.0  # it is none of ddC_dy
        try:
            ddC_dx = super().backprop_jvp(x, dC_dy, dx, ddC_dy, dparams, scale)
        finally:
            self.weight_decay = decay
        if decay and dparams is not None:
            self.grad_weight += decay * dparams[0]
        return ddC_dx

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        super().acc_diag_hessian_params(x, d2C_dy2, scale, dC_dy)
        if dC_dy is not None:
            self.grad_weight += self.weight_decay

    def _without_indices(self, slopes):
        for pairs in slopes if is_table(slopes) else [slopes]:
            pairs[..., 0] = 0
        return slopes

    def _view(self, weight):
        return weight.T

    def _read(self, x):
        """Return keys, values, starts, and whether x is a single sample."""
        indices, values, sizes, single = read_pairs(self, x)
        values, n = self._as_floats(values), len(values)
        given = scratch(self.work, "indices", n, indices.dtype)
        nothing = scratch(self.work, "nothing", n, np.bool_)
        np.copyto(given, indices)
        np.copyto(given, 0, where=np.equal(values, 0, out=nothing))
        keys = scratch(self.work, "keys", n, INTP)
        as_indices(self, "x", given, 0, self.in_features - 1, keys)
        return keys, values, self._starts(sizes), single

    def _read_direction(self, dx):
        """Return what the values of dx are; its indices do not count."""
        if not is_table(dx):
            return dx[..., 1].reshape(-1)
        if len(dx) == 2 and np.ndim(dx[0]) == 1:
            return dx[1]
        return joined(dx, self.work, "dx")[:, 1] if dx else np.empty(0)
