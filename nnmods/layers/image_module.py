"""ImageModule: what convolution and pooling over any number of axes have in common."""

from nnmods.core import Module, check
from nnmods.core.arrays import same_memory
from nnmods.core.dtypes import promote
from nnmods.core.lending import lend, lends
from nnmods.kernels.layout import empty_batch_last


class ImageModule(Module):
    """A module on (N, C, *S) arrays, or one sample (C, *S), in batch-last memory.

    A subclass sets ``axes``, the number of spatial axes, and writes ``output_shape``
    and ``_forward(x, out)``, ``_backward(x, dC_dy, out)``, ``_jvp(x, dx, dparams,
    out)``: these see batches only, and buffers of the right shape and dtype.
    """

    _results = (*Module._results, "_buffers")
    _buffers = None
    axes = None
    channels = None

    def output_shape(self, shape):
        """Return the shape (N, Co, *O) of y for x of ``shape`` (N, C, *S)."""
        raise NotImplementedError

    def forward(self, x):
        return self._run(x)

    def _run(self, x, **options):
        """Return y, and keep it; the options are for `_forward`."""
        batch = self._batch("x", x)
        shape = self.output_shape(batch.shape)
        y = self._buffer("y", shape, x)
        self._forward(batch, y, **options)
        self._x, self.y = x, y if batch is x else y[0]
        return self.y

    def backward(self, x, dC_dy):
        batch, grad = self._batch_pair(x, dC_dy)
        dC_dx = self._gradient(batch.shape, dC_dy)
        self._backward(batch, grad, dC_dx)
        self.dC_dx = dC_dx if batch is x else dC_dx[0]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        batch = self._batch("x", x)
        check(self, "dx", dx, x.shape)
        dy = self._buffer("dy", self.output_shape(batch.shape), dx)
        self._jvp(batch, dx if batch is x else dx[None], dparams, dy)
        return dy if batch is x else dy[0]

    def _batch(self, name, x):
        """Return ``x`` as a batch, after a check of its shape."""
        lengths = (self.channels, *(None,) * self.axes)
        single = getattr(x, "ndim", None) == self.axes + 1
        check(self, name, x, lengths if single else (None, *lengths))
        return x[None] if single else x

    def _batch_pair(self, x, dC_dy):
        batch = self._batch("x", x)
        shape = self.output_shape(batch.shape)
        check(self, "dC_dy", dC_dy, shape if batch is x else shape[1:])
        return batch, dC_dy if batch is x else dC_dy[None]

    def _output(self, x):
        """Return y of x as a batch: that of the last forward, if it was of this x."""
        if self._x is None or not same_memory(x, self._x):
            self.forward(x)
        return self._buffers["y"]

    def _gradient(self, shape, dC_dy):
        """Return an array for dC_dx, in batch-last memory."""
        dtype = promote(self, (dC_dy, *self._operands()))
        if lends(shape, dtype):
            return lend(shape, dtype, self._buffers["y"])
        return self._buffer("dC_dx", shape, dC_dy)

    def _buffer(self, name, shape, x):
        """Return the result buffer ``name``, in batch-last memory."""
        if self._buffers is None:
            self._buffers = {}
        operands = (x, *self._operands())
        dtype = promote(self, operands)
        buffer = self._buffers.get(name)
        if (
            buffer is None
            or buffer.shape != shape
            or buffer.dtype != dtype
            or x is buffer.base
            or x.base is buffer.base
        ):
            buffer = self._buffers[name] = empty_batch_last(shape, dtype)
        return buffer

    def _operands(self):
        """Return the parameters that decide the dtype of the results."""
        return ()
