"""BatchChannels: what batch normalisations have for each channel."""

import numpy as np

from nnmods.core import Module, check, get_rng
from nnmods.core.arrays import as_size
from nnmods.core.options import as_number
from nnmods.layers.normalization.running_statistics import RunningStatistics


class BatchChannels(RunningStatistics, Module):
    """A module on (N, n_features, *S) with parameters and statistics by channel.

    In evaluation one sample may come alone. A subclass says how many axes S has, in
    ``n_spatial``.
    """

    n_spatial = None

    def __init__(
        self, n_features, eps=None, momentum=None, affine=None, *, dtype=None, rng=None
    ):
        super().__init__(dtype)
        name = type(self).__name__
        self.n_features = n_features = as_size(name, "n_features", n_features)
        if n_features == 0:
            raise ValueError(f"{name}: n_features is 0, expected 1 or more")
        self.eps = as_number(self, "eps", eps, 1e-5)
        self.momentum = as_number(self, "momentum", momentum, 0.1)
        self.affine = affine = True if affine is None else affine
        if not isinstance(affine, (bool, np.bool_)):
            raise TypeError(f"{name}: affine is {affine!r}, expected True or False")
        self.weight = np.empty(n_features, self.dtype) if affine else None
        self.bias = np.empty(n_features, self.dtype) if affine else None
        self.grad_weight = np.zeros(n_features, self.dtype) if affine else None
        self.grad_bias = np.zeros(n_features, self.dtype) if affine else None
        self._add_running(n_features)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        """Redraw the weight, forget all statistics, and return self.

        ``stdv`` changes nothing, in Torch7 too.
        """
        if self.affine:
            self.weight[...] = get_rng(rng).random(self.n_features)
            self.bias[...] = 0
        self._forget()
        return self

    def _column(self, values):
        return None if values is None else values[:, None]

    def _pair(self, x, dC_dy, argument="dC_dy"):
        """Check the arguments, and return both with a batch axis."""
        batch = self._batch(x)
        if batch is not x and getattr(dC_dy, "shape", None) == x.shape:
            dC_dy = dC_dy[None]
        check(self, argument, dC_dy, batch.shape)
        return batch, dC_dy

    def _batch(self, x):
        """Check ``x``, and return it with a batch axis."""
        check(self, "x", x, (...,))
        places = (None,) * self.n_spatial
        if not self.train and x.ndim == 1 + self.n_spatial:
            check(self, "x", x, (self.n_features, *places))
            x = x[None]
        elif x.ndim != 2 + self.n_spatial or x.shape[1] != self.n_features:
            check(self, "x", x, (None, self.n_features, *places))
        return x

    def __repr__(self):
        options = [str(self.n_features)]
        options += [f"eps={self.eps:g}"] if self.eps != 1e-5 else []
        options += [f"momentum={self.momentum:g}"] if self.momentum != 0.1 else []
        options += [] if self.affine else ["affine=False"]
        return f"{type(self).__name__}({', '.join(options)})"
