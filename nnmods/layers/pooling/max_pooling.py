"""Max pooling over any number of spatial axes, without the constructor's arguments."""

import numpy as np

from nnmods.kernels.layout import empty_batch_last
from nnmods.kernels.max_pooling import (
    max_pool_backward,
    max_pool_forward,
    max_pool_jvp,
)
from nnmods.kernels.winners import empty_winners, winners_positions
from nnmods.layers.pooling.pooling import Pooling, is_batch_of


class MaxPooling(Pooling):
    """The abstract base of the max poolings.

    See `SpatialMaxPooling` for formulas; a subclass sets ``axes`` and writes a
    constructor that calls `_setup`.

    Attributes
    ----------
    keep_indices : bool
        Whether `forward` leaves behind which entries won; an unpooling sets it.
    indices : ndarray of int, shape of y, or None
        State, where they are kept: the winners' positions in the image, counted from 0
        in row-major order.
    image_size : tuple of int or None
        The spatial size of the image that they are of.
    """

    _results = (*Pooling._results, "indices", "image_size", "_index")
    indices = image_size = _index = None
    _has_winners = False  # of the batch _x, in the workspace
    keep_indices = False

    def forward(self, x):
        y = super().forward(x)
        if self.keep_indices:
            batch = x if x.ndim == self.axes + 2 else x[None]
            best = self._buffers["y"]
            if self._index is None or self._index.shape != best.shape:
                self._index = empty_batch_last(best.shape, np.dtype(np.intp))
            winners = self._winners_of(batch)
            args = winners, batch.shape, *self._geometry(), self._index, self.work
            winners_positions(*args)
            self.indices = self._index if batch is x else self._index[0]
            self.image_size = x.shape[-self.axes :]
        return y

    def _forward(self, x, out):
        self._has_winners = self.train or self.keep_indices
        winners = self._winners(x) if self._has_winners else None
        max_pool_forward(x, *self._geometry(), out, self.work, winners)

    def _backward(self, x, dC_dy, out):
        winners = self._winners_of(x)
        max_pool_backward(winners, dC_dy, *self._geometry(), out, self.work)

    def _jvp(self, x, dx, dparams, out):
        winners = self._winners_of(x)
        max_pool_jvp(winners, dx, *self._geometry(), out, self.work)

    def _winners_of(self, x):
        """Return the winners for the batch x: the last forward's, if it was of x."""
        winners = self._winners(x)
        if not (self._has_winners and is_batch_of(x, self._x)):
            y = self._buffer("y", self.output_shape(x.shape), x)
            max_pool_forward(x, *self._geometry(), y, self.work, winners)
            self._x, self._has_winners = x, True
        return winners

    def _winners(self, x):
        shape = self.output_shape(x.shape)
        return empty_winners(x.shape, *self._geometry(), shape, self.work)

    def _geometry(self):
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )

    def _details(self):
        if set(self.dilation) == {1}:
            return super()._details()
        value = self.dilation
        if len(set(value)) == 1:
            value = value[0]
        return f", dilation={value}{super()._details()}"
