"""Cases of linear."""

import numpy as np

import nnmods as nn
from cases.case import Case
from nnmods.core import check
from nnmods.core.tables import is_table


def places(x):
    """Return indices like x whose order is not that of memory."""
    return np.broadcast_to(np.arange(x.shape[-1])[::-1], x.shape)


def pairs(x):
    """Return x as SparseLinear's pairs: (nnz, 2), or (N, nnz, 2)."""
    return np.stack([places(x), x[..., ::-1]], axis=-1).astype(x.dtype)


def table_of_pairs(x):
    return pairs(x) if x.ndim == 1 else list(pairs(x)) if len(x) else pairs(x)


def keys_and_values(x):
    if x.ndim == 1:
        return [places(x), x[::-1]]
    return [list(places(x)), list(x[:, ::-1])]


def keys_values_sizes(x):
    if x.ndim == 1:
        return keys_and_values(x)
    sizes = np.full(len(x), x.shape[1])
    return [places(x).reshape(-1), x[:, ::-1].reshape(-1), sizes]


FORMS = {
    "pairs": pairs,
    "table of pairs": table_of_pairs,
    "keys and values": keys_and_values,
    "keys, values, sizes": keys_values_sizes,
}


class OnDense(nn.Module):
    """A sparse layer on the entries of an array, so that all checks of arrays apply.

    It makes new arrays of each x: `test_catalogue` measures the layers without it.
    ``form`` is a name, for a function could not be saved.
    """

    def __init__(self, layer, form):
        super().__init__()
        self.layer, self.form = layer, form

    def forward(self, x):
        self.y = self.layer.forward(self._formed(x))
        return self.y

    def backward(self, x, dC_dy):
        dC_dx = self.layer.backward(self._formed(x), dC_dy)
        self.dC_dx = self._dense(dC_dx, x, dC_dy)
        return self.dC_dx

    def _dense(self, dC_dx, x, dC_dy):
        if isinstance(self.layer, nn.IndexLinear):
            dense = dC_dx[1]
        elif is_table(dC_dx):
            dense = [pairs[:, 1] for pairs in dC_dx]
            dense = dense[0] if x.ndim == 1 else dense
        else:
            dense = dC_dx[..., 1]
        return np.array(dense, dtype=dC_dy.dtype).reshape(x.shape)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.layer.acc_grad_params(self._formed(x), dC_dy, scale)

    def jvp(self, x, dx, dparams=None):
        return self.layer.jvp(self._formed(x), self._formed(dx), dparams)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        forms = self._formed(x), dC_dy, self._formed(dx)
        ddC_dx = self.layer.hvp(*forms, dparams, scale)
        return None if ddC_dx is None else self._dense(ddC_dx, x, dC_dy)

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        forms = self._formed(x), dC_dy, self._formed(dx), ddC_dy
        return self._dense(self.layer.backprop_jvp(*forms, dparams, scale), x, dC_dy)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        found = self.layer.backward_diag_hessian(self._formed(x), d2C_dy2, dC_dy)
        return self._dense(found, x, d2C_dy2)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self.layer.acc_diag_hessian_params(self._formed(x), d2C_dy2, scale, dC_dy)

    def per_example_grads(self, x, dC_dy):
        return self.layer.per_example_grads(self._formed(x), dC_dy)

    def per_example_sq_norms(self, x, dC_dy):
        return self.layer.per_example_sq_norms(self._formed(x), dC_dy)

    def _formed(self, x):
        check(self, "x", x, (...,))
        return FORMS[self.form](x)

    def __repr__(self):
        return f"OnDense({self.layer!r})"


def indices(*shape, low=0, high=5):
    """Return a function of indices, of which the first and last two are equal."""

    def draw(rng):
        x = rng.integers(low, high, shape)
        x.flat[-1] = x.flat[0]
        return x

    return draw


def sparse_linear():
    return nn.SparseLinear(4, 3, True, rng=0)


def index_linear(normalize=False):
    module = nn.IndexLinear(4, 3, not normalize, normalize=normalize)
    return module.reset(0)


def centres(rng):
    """Return samples at the centres: elsewhere the gradient is of another cost."""
    return nn.Kmeans(3, 4, rng=0).weight[[2, 0, 1, 1, 0]]


def partial_linear(partition, bias=True):
    return nn.PartialLinear(4, 5, bias, rng=0).set_partition(partition)


#: Of each class its cases; the key is the exported name.
MODULES = {
    "Linear": [
        Case(lambda: nn.Linear(4, 3, rng=0), (5, 4)),
        Case(lambda: nn.Linear(4, 3, bias=False, rng=0), (5, 2, 4)),
        Case(lambda: nn.Linear(1, 1, rng=0), (2, 1)),
    ],
    "LinearNoBias": [Case(lambda: nn.LinearNoBias(4, 3, rng=0), (5, 4))],
    "LinearWeightNorm": [
        Case(lambda: nn.LinearWeightNorm(4, 3, rng=0), (5, 4)),
        Case(lambda: nn.LinearWeightNorm(4, 3, False, rng=0), (5, 2, 4)),
        Case(lambda: nn.LinearWeightNorm(4, 3, True, 9.0, rng=0), (5, 4)),
    ],
    "Bilinear": [
        Case(lambda: nn.Bilinear(4, 3, 2, rng=0), [(5, 4), (5, 3)], single=False),
        Case(lambda: nn.Bilinear(1, 3, 4, False, rng=0), [(5, 1), (5, 3)], False),
    ],
    "PartialLinear": [
        Case(lambda: nn.PartialLinear(4, 3, rng=0), (5, 4), single=False),
        Case(lambda: partial_linear([3, 0, 4]), (5, 4), single=False),
        Case(lambda: partial_linear([3, 0, 3], False), (5, 4), single=False),
    ],
    "SparseLinear": [
        Case(lambda: OnDense(sparse_linear(), "pairs"), (5, 4), memory=False),
        Case(lambda: OnDense(sparse_linear(), "table of pairs"), (5, 4), memory=False),
    ],
    "IndexLinear": [
        Case(lambda: OnDense(index_linear(), "keys and values"), (5, 4), memory=False),
        Case(
            lambda: OnDense(index_linear(), "keys, values, sizes"), (5, 4), memory=False
        ),
    ],
    "LookupTable": [
        Case(lambda: nn.LookupTable(12, 3, rng=0), indices(7), single=False),
        Case(lambda: nn.LookupTable(12, 3, rng=0), indices(5, 4)),
        Case(lambda: nn.LookupTable(12, 3, 11, 9.0, rng=0), indices(5, 4)),
    ],
    "LookupTableMaskZero": [
        Case(lambda: nn.LookupTableMaskZero(12, 3, rng=0), indices(5, 4)),
    ],
    "Embedding": [
        Case(lambda: nn.Embedding(12, 3, rng=0), indices(5, 2, 4)),
        Case(lambda: nn.Embedding(12, 3, -1, 9.0, 1.0, rng=0), indices(5, 4)),
    ],
    "Kmeans": [Case(lambda: nn.Kmeans(3, 4, rng=0), centres, single=False)],
    "Maxout": [
        Case(lambda: nn.Maxout(4, 3, 5, rng=0), (5, 4)),
        Case(lambda: nn.Maxout(4, 3, 2, nn.Tanh(), rng=0), (5, 4)),
        Case(lambda: nn.Maxout(4, 3, 2, nn.Linear(3, 3, rng=1), rng=0), (5, 4)),
    ],
}
