"""Values divided by the largest of their key, as `IndexLinear` keeps it."""

import numpy as np

from nnmods.core.arrays import same
from nnmods.core.examples import sq_norms
from nnmods.core.tables import copied
from nnmods.layers.linear.sparse_affine import SparseAffine
from nnmods.layers.linear.sparse_second_order import by_key


class NormalizingAffine(SparseAffine):
    """Affine map of samples whose values may be divided by the largest of their key.

    A subclass sets ``normalize`` to how many columns stand before the others in the
    weight: 4, which `normalized` describes, or 0 where values are used as they are.
    """

    _results = (*SparseAffine._results, "_normalized")
    _normalized = None  # x of the last forward, its normalized values, their slopes
    normalize = 0

    def _accumulate_rest(self, keys, starts, dC_dy, weight, scale):
        if self.normalize:
            dC_dv = np.repeat(dC_dy, np.diff(starts), axis=0)
            dC_dv *= self._view(weight)[keys]
            np.add.at(self.grad_weight[:, 3], keys, scale * dC_dv.sum(axis=1))

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        super().acc_diag_hessian_params(x, d2C_dy2, scale, dC_dy)
        if self.normalize:
            keys, _, slopes, h = self._offset_slopes(x, d2C_dy2)
            found = np.einsum("uk,uk->u", np.square(slopes), h)
            np.add.at(self.grad_weight[:, 3], keys, scale * found)

    def per_example_grads(self, x, dC_dy):
        grads = super().per_example_grads(x, dC_dy)
        if self.normalize:
            keys, sample, slopes, dC_dy = self._offset_slopes(x, dC_dy)
            grads[0][sample, keys, 3] = np.einsum("uk,uk->u", slopes, dC_dy)
        return grads

    def _offset_slopes(self, x, dC_dy):
        """Return of each key in a sample dy by its bias, and that sample's dC_dy."""
        keys, values, starts, single = self._read(x)
        dC_dy = self._batch(dC_dy, starts, single)
        keys, times, starts = by_key(keys, np.ones_like(values), starts)
        sample = np.repeat(np.arange(len(dC_dy)), np.diff(starts))
        slopes = times[:, None] * self._view(self.weight)[keys]
        return keys, sample, slopes, dC_dy[sample]

    def per_example_sq_norms(self, x, dC_dy):
        if not self.normalize:
            return super().per_example_sq_norms(x, dC_dy)
        grads = self.per_example_grads(x, dC_dy)
        return sq_norms(grads, len(grads[1]), self.dtype)

    def _view(self, weight):
        return weight[:, self.normalize :]

    def _used(self, x, keys, values, forward=False):
        if not self.normalize:
            return values, None
        if not forward and self._normalized and same(x, self._normalized[0]):
            return self._normalized[1]
        used = normalized(self.weight, keys, values, forward and self.train)
        if forward:
            self._normalized = copied(x), used
        return used

    def _direction(self, dvalues, slopes, keys, dparams):
        if self.normalize:
            dvalues = dvalues * slopes
            if dparams is not None:
                dvalues += dparams[0][keys, 3]
        return dvalues


def normalized(weight, keys, values, train):
    """Return values divided by the largest size of their key, plus a bias of the key.

    With them come their derivatives by the values, for what the largest sizes are.

    Parameters
    ----------
    weight : ndarray, shape (K, 4 or more)
        Columns 0 to 3: the largest size of each key so far, its inverse, 1 where a key
        was met in training, and the bias.
    keys : ndarray of intp, shape (n,)
    values : ndarray, shape (n,)
    train : bool
        Whether larger sizes change columns 0 to 2, pair after pair.

    Examples
    --------
    >>> weight = np.zeros((1, 4))
    >>> normalized(weight, np.array([0, 0]), np.array([2.0, -4.0]), True)
    (array([ 1., -1.]), array([0.5 , 0.25]))
    >>> normalized(weight, np.array([0, 0]), np.array([2.0, -8.0]), False)
    (array([ 0.5, -1. ]), array([0.25, 0.  ]))
    """
    size = np.fmax(np.abs(values), 0)  # NaN is not larger than any
    most, inverse, bias = weight[keys, 0], weight[keys, 1], weight[keys, 3]
    if train:
        running = np.maximum(most, running_max(keys, size))
        grown = running > most
        np.divide(1, running, out=inverse, where=grown)
        np.maximum.at(weight[:, 0], keys, size)
        changed = keys[grown]
        weight[changed, 1] = 1 / weight[changed, 0]
        weight[keys, 2] = 1
        most = running
    larger = size > most
    inverse[larger] = 0
    return np.where(larger, np.sign(values), values * inverse) + bias, inverse


def running_max(keys, size):
    """Return for each pair the largest size of its key, up to and with that pair.

    Examples
    --------
    >>> running_max(np.array([7, 3, 7, 7]), np.array([2.0, 9.0, 1.0, 5.0]))
    array([2., 9., 2., 5.])
    """
    n = len(keys)
    order = np.argsort(keys, kind="stable")
    rank = np.empty(n, np.intp)
    by_size = np.argsort(size)
    rank[by_size] = np.arange(n)
    # Ranks, lifted by n for each further key, in one sweep.
    lift = n * np.cumsum(np.diff(keys[order], prepend=keys[order[:1]]) != 0)
    largest = np.maximum.accumulate(rank[order] + lift) - lift
    running = np.empty_like(size)
    running[order] = size[by_size[largest]]
    return running
