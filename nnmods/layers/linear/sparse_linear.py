"""SparseLinear: an affine map of lists of (index, value) pairs."""

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.core.tables import check_like, is_table
from nnmods.layers.linear.indices import INTP, as_indices
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
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.in_features)
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        self.bias[...] = 1e-6 * rng.uniform(-bound, bound, self.bias.shape)
        return self

    def backward(self, x, dC_dy):
        _, _, starts, single = self._read(x)
        dC_dy = self._batch(dC_dy, starts, single)
        in_table = is_table(x) or x.ndim == 2
        if not self.do_grad_input:
            self._pairs = None if in_table else self._reuse_pairs(x.shape, dC_dy)
        else:
            shape = len(dC_dy), self.in_features, 2
            pairs = self._pairs = self._reuse_pairs(shape, dC_dy)
            pairs[..., 0] = np.arange(self.in_features)
            pairs[..., 1] = self._dense_gradient(dC_dy)
        self.dC_dx = self._pairs
        if in_table:
            self.dC_dx = [] if self._pairs is None else list(self._pairs)
        return self.dC_dx

    def _reuse_pairs(self, shape, dC_dy):
        pairs = reuse(self._pairs, shape, dC_dy, self.weight)
        pairs.fill(0)
        return pairs

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        if self.weight_decay:
            step = self.work("decay", self.weight.shape, self.weight.dtype)
            np.multiply(self.weight, self.weight_decay, out=step)
            self.grad_weight += step

    def _view(self, weight):
        return weight.T

    def _read(self, x):
        """Return keys, values, starts, and whether x is a single sample."""
        if not is_table(x):
            check(self, "x", x, (None, None, 2) if np.ndim(x) == 3 else (None, 2))
            single, sizes = x.ndim == 2, [x.shape[-2]] * (1 if x.ndim == 2 else len(x))
            pairs = x.reshape(-1, 2) if x.size else np.empty((0, 2), x.dtype)
            keys, values = pairs.T
        elif len(x) == 2 and np.ndim(x[0]) == np.ndim(x[1]) == 1:
            keys, values = x
            check(self, "x[0]", keys, (None,))
            check(self, "x[1]", values, keys.shape)
            single, sizes = True, [len(keys)]
        else:
            for i, entry in enumerate(x):
                check(self, f"x[{i}]", entry, (None, 2))
            single, sizes = not x, [len(entry) for entry in x] or [0]
            keys, values = (np.concatenate(x) if x else np.empty((0, 2))).T
        if values.dtype.kind != "f":
            values = values.astype(self.weight.dtype)
        if not x if is_table(x) else not x.size:
            values = np.empty(0, self.weight.dtype)
        used = np.where(values == 0, 0, keys)
        known = self.work("keys", used.shape, INTP)
        as_indices(self, "x", used, 0, self.in_features - 1, known)
        return known, values, self._starts(sizes), single

    def _read_direction(self, dx):
        """Return what the values of dx are; its indices do not count."""
        if not is_table(dx):
            return dx[..., 1].reshape(-1)
        if len(dx) == 2 and np.ndim(dx[0]) == 1:
            return dx[1]
        return np.concatenate([entry[:, 1] for entry in dx] or [np.empty(0)])

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx, dparams)
