"""IndexLinear: an affine map of tables of keys and values."""

import operator

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.core.tables import is_table, map_table
from nnmods.kernels.products import product
from nnmods.kernels.sparse import scratch
from nnmods.layers.linear.indices import INTP, as_indices
from nnmods.layers.linear.joined import joined
from nnmods.layers.linear.keys_values import read_table
from nnmods.layers.linear.normalizing import NormalizingAffine


class IndexLinear(NormalizingAffine):
    """Affine map of keys and values, all other inputs being 0.

    ::

        y                  = sum over pairs of value * weight[key] + bias
        grad_weight[key]  += scale * value * dC_dy
        grad_bias         += scale * dC_dy
        dC_dx, at a place  = dC_dy @ weight[place], for all places

    =================================================  ==========  ====================
    x                                                  y           dC_dx
    =================================================  ==========  ====================
    [keys, values], 1-d arrays                         (out,)      [(in,), (in,)]
    [[keys, keys ...], [values, values ...]], N each   (N, out)    [N of (in,), N of]
    [keys, values, sizes], samples one after another   (N, out)    [(N, in), (N, in)]
    =================================================  ==========  ====================

    Keys count from 0; those that occur twice add up. In dC_dx the first entry names
    the places, 0 to in_features - 1, and the second holds the gradient at each.

    With ``normalize`` a value v counts as ``v / m + b``, where m, column 0 of the
    weight, is the largest size of a value of its key that training has met so far, pair
    by pair, and b, column 3, is a parameter. Column 1 holds 1 / m, and column 2 is 1
    where a key was met. In evaluation a size above m counts as m does.

    Parameters
    ----------
    in_features, out_features : int
    do_grad_input : bool, default=False
        Whether `backward` computes dC_dx; otherwise it is an empty table.
    keys_offset : int, default=0
        Is added to every key.
    weight, bias : ndarray, default=None
        To be used as they are instead of new ones; their shapes go before the sizes.
    normalize : bool, default=False
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Taken as by every module. Nothing is drawn before `reset`: all parameters are 0.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (in_features, out_features)
        With ``normalize`` there are 4 columns more, before the others.
    bias, grad_bias : ndarray, shape (out_features,)

    Raises
    ------
    TypeError
        If ``x`` is no table of arrays.
    ValueError
        If ``x`` has none of these forms, or a key is out of range or not whole; if
        dC_dx is asked for with ``normalize``.

    References
    ----------
    .. [1] Torch7, ``nn/IndexLinear.lua``.

    Examples
    --------
    >>> module = IndexLinear(4, 1)
    >>> module.weight[...] = [[1], [10], [100], [1000]]
    >>> module([np.array([0, 3]), np.array([2.0, 1.0])])
    array([1002.])
    """

    _results = (*NormalizingAffine._results, "_places", "_dense", "_lists")
    _places = _dense = _lists = None  # the memory of dC_dx, and its rows
    slopes = ("dC_dx", "_places", "_dense", "_lists")

    def __init__(
        self,
        in_features,
        out_features,
        do_grad_input=False,
        keys_offset=None,
        weight=None,
        bias=None,
        normalize=False,
        *,
        dtype=None,
        rng=None,
    ):
        if weight is not None:
            check("IndexLinear", "weight", weight, (None, None))
            dtype = weight.dtype
        super().__init__(dtype)
        self.normalize = 4 if normalize else 0
        self.do_grad_input = bool(do_grad_input)
        self.keys_offset = 0 if keys_offset is None else operator.index(keys_offset)
        if weight is None:
            rows = as_size("IndexLinear", "in_features", in_features)
            columns = as_size("IndexLinear", "out_features", out_features)
            weight = np.zeros((rows, columns + self.normalize), self.dtype)
        self.in_features, columns = weight.shape
        self.out_features = columns - self.normalize
        if bias is None:
            bias = np.zeros(self.out_features, self.dtype)
        check(self, "bias", bias, (self.out_features,))
        self.weight, self.bias = weight, bias
        self.grad_weight, self.grad_bias = np.zeros_like(weight), np.zeros_like(bias)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.weight.shape[1])
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        self.bias[...] = 1e-6 * rng.uniform(-bound, bound, self.bias.shape)
        self.weight[:, : self.normalize] = 0
        return self

    def backward(self, x, dC_dy):
        _, _, starts, single = self._read(x)
        dC_dy = self._batch(dC_dy, starts, single)
        if not self.do_grad_input:
            self.dC_dx = []
            return self.dC_dx
        if self.normalize:
            raise ValueError(f"{self!r}: normalize is True, expected False for dC_dx")
        before, shape = self._dense, (len(dC_dy), self.in_features)
        dense = self._dense = reuse(before, shape, dC_dy, self.weight)
        product(dC_dy, self.weight.T, dense)
        if dense is not before:
            self._places = np.empty(shape, dense.dtype)
            self._places[...] = np.arange(self.in_features)
            self._lists = None
        if single:
            self.dC_dx = [self._places[0], dense[0]]
        elif len(x) == 3:
            self.dC_dx = [self._places, dense]
        else:
            self.dC_dx = self._lists = self._lists or [list(self._places), list(dense)]
        return self.dC_dx

    def _without_indices(self, slopes):
        return slopes and [map_table(np.zeros_like, slopes[0]), slopes[1]]

    def _read(self, x):
        """Return keys, values, starts, and whether x is a single sample."""
        keys, values, sizes, single = read_table(self, x)
        known = scratch(self.work, "keys", len(keys), INTP)
        low, high = -self.keys_offset, self.in_features - 1 - self.keys_offset
        as_indices(self, "x[0]", keys, low, high, known)
        known += self.keys_offset
        return known, self._as_floats(values), self._starts(sizes), single

    def _read_direction(self, dx):
        values = dx[1]
        if is_table(values):
            return joined(values, self.work, "dx") if values else np.empty(0)
        return values
