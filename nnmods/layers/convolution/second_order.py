"""ConvolutionSecondOrder: squared Jacobians and single examples of convolutions."""

import contextlib

import numpy as np

from nnmods.core.weighted import Weighted
from nnmods.kernels.conv_examples import conv_example_grads, conv_example_sq_norms
from nnmods.kernels.example_products import of_each


class ConvolutionSecondOrder(Weighted):
    """The part of `Convolution` that says more than its three verbs do.

    Of each example n, with its windows as the columns of a matrix ``col``::

        grad_weight : dC_dy[n] @ col[n].T
        grad_bias   : dC_dy[n].sum over positions
    """

    _results = (*Weighted._results, "_image_apart")
    _image_apart = None

    def per_example_grads(self, x, dC_dy):
        x, dC_dy = self._batch_pair(x, dC_dy)
        shape = len(x), *self.weight.shape
        grads = [self.work("weight by example", shape, self.weight.dtype)]
        self._weight_grads(x, dC_dy, grads[0])
        if self.bias is not None:
            shape = len(x), *self.bias.shape
            grads.append(self.work("bias by example", shape, self.bias.dtype))
            self._bias_grads(dC_dy, grads[1])
        return grads

    def per_example_sq_norms(self, x, dC_dy):
        x, dC_dy = self._batch_pair(x, dC_dy)
        norms = self._weight_norms(x, dC_dy)
        if self.bias is not None:
            sums = np.empty((len(x), *self.bias.shape), norms.dtype)
            self._bias_grads(dC_dy, sums)
            rows = sums.reshape(len(x), self.bias.size)
            norms += np.einsum("nk,nk->n", rows, rows)
        return norms

    def _weight_grads(self, x, dC_dy, out):
        """Write each example's gradient to ``out`` (N, *shape of the weight)."""
        filters = of_each(self._filters, out)
        conv_example_grads(*self._ordered(x, dC_dy), *self._geometry(), filters)

    def _weight_norms(self, x, dC_dy):
        shape = self._filters(self.weight).shape
        pair = self._ordered(x, dC_dy)
        return conv_example_sq_norms(*pair, *self._geometry(), shape)

    def _bias_grads(self, dC_dy, out):
        offsets = of_each(self._offsets, out)
        axes = tuple(range(2, dC_dy.ndim))
        offsets[...] = dC_dy.sum(axis=axes).reshape(offsets.shape)

    def _ordered(self, x, dC_dy):
        """Return the image of the kernels and what goes with its windows."""
        return x, dC_dy

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        with self._exact():
            super().acc_diag_hessian_params(x, d2C_dy2, scale)

    @contextlib.contextmanager
    def apart(self):
        before = self._buffers
        self._buffers = {**(before or {}), "dC_dx": self._image_apart}
        try:
            with super().apart(), self._exact():
                yield
        finally:
            self._image_apart = self._buffers["dC_dx"]
            self._buffers = before

    @contextlib.contextmanager
    def _exact(self):
        """Leave out fast algorithms: what is positive stays positive."""
        before, self.algorithm = self.algorithm, "direct"
        try:
            yield
        finally:
            self.algorithm = before
