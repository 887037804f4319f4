"""Max unpooling over any number of spatial axes: back to where maxima came from."""

import numpy as np

from nnmods.core import check
from nnmods.kernels.pool_index import add_at, take_at, to_index
from nnmods.layers.flat_images import FlatImages
from nnmods.layers.pooling.max_pooling import MaxPooling


class MaxUnpooling(FlatImages):
    """The abstract base of the max unpoolings; a subclass sets ``axes``.

    See `SpatialMaxUnpooling` for formulas. State: `forward` notes where the maxima of
    the pooling's last `forward` were, and the other verbs use this.
    """

    _results = (*FlatImages._results, "_image_size", "_shape")
    _image_size = _shape = None

    def __init__(self, pooling):
        super().__init__()
        name = type(self).__name__
        if not isinstance(pooling, MaxPooling) or pooling.axes != self.axes:
            raise TypeError(
                f"{name}: pooling is {pooling!r}, expected a max pooling over "
                f"{self.axes} axes"
            )
        if pooling.stride != pooling.kernel_size or set(pooling.dilation) != {1}:
            raise ValueError(
                f"{name}: pooling is {pooling!r}, expected a stride equal to "
                "its kernel_size, and no dilation"
            )
        self.pooling = pooling
        pooling.keep_indices = True

    def children(self):
        return []  # the pooling belongs to somebody else

    def forward(self, x):
        pooling = self.pooling
        if pooling.indices is None:
            raise RuntimeError(
                f"{self!r}: the pooling has no indices; call forward(x) of it first"
            )
        check(self, "x", x, pooling.indices.shape)
        self._image_size, self._shape = pooling.image_size, x.shape
        batch = super()._batch("x", x)
        positions = pooling.indices.reshape(batch.shape, copy=False)
        shape = self.output_shape(batch.shape)
        to_index(positions, shape, self._index(batch), self.work)
        return super().forward(x)

    def output_shape(self, shape):
        return (*shape[:2], *self._image_size)

    def _batch(self, name, x):
        if self._shape is None:
            raise RuntimeError(f"{self!r}: forward(x) is needed first")
        check(self, name, x, self._shape)
        return super()._batch(name, x)

    def _forward(self, x, out):
        add_at(x, self._index(x), out, self.work)

    def _backward(self, x, dC_dy, out):
        take_at(dC_dy, self._index(x), out, self.work)

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)

    def _index(self, x):
        N, *rest = x.shape
        return self.work("index", (*rest, N), np.intp)

    def __repr__(self):
        return f"{type(self).__name__}({self.pooling!r})"
