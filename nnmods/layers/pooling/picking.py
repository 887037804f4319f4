"""Picking: max pooling over windows that no stride describes."""

import numpy as np

from nnmods.kernels.pool_index import add_at, first_entries, max_at, take_at
from nnmods.layers.flat_images import FlatImages
from nnmods.layers.pooling.pooling import is_batch_of


class Picking(FlatImages):
    """The abstract base of modules whose outputs are single entries of the image.

    ::

        y[n, c, o]     = x[n, c, p(n, c, o)]
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the outputs that p was picked for

    A subclass writes ``_pick(x, out, index)``, which writes y and the index of each
    pick (see `nnmods.kernels.pool_index`).
    """

    def _pick(self, x, out, index):
        raise NotImplementedError

    def _forward(self, x, out):
        self._pick(x, out, self._index(out.shape))

    def _backward(self, x, dC_dy, out):
        add_at(dC_dy, self._picked(x), out, self.work)

    def _jvp(self, x, dx, dparams, out):
        self._take(dx, self._picked(x), out)

    def _index(self, shape):
        return self.work("index", (*shape[1:], shape[0]), np.intp)

    def _picked(self, x):
        """Return the index for the batch x: the last forward's, if it was of x."""
        shape = self.output_shape(x.shape)
        if not is_batch_of(x, self._x):
            self._forward(x, self._buffer("y", shape, x))
            self._x = x
        return self._index(shape)

    def _max_of(self, x, candidates, out, index):
        max_at(x, candidates, out, index, self.work)

    def _take(self, x, index, out):
        take_at(x, index, out, self.work)

    def _first_entries(self, x):
        return first_entries(x.shape, self.work)
