"""Unfolded: convolutions that are one matrix times the windows of an image."""

from math import prod

import numpy as np

from nnmods.core import Module
from nnmods.kernels.conv_local import unfold


class Unfolded(Module):
    """The Kronecker rows of a convolution: each of its windows, at each position.

    As in R. Grosse, J. Martens, "A Kronecker-factored approximate Fisher matrix for
    convolution layers", ICML 2016. With groups there is no one matrix, and no rows.
    """

    def kronecker_inputs(self, x):
        if self.groups != 1:
            return None
        x = self._batch("x", x)
        count = self.output_shape(x.shape)[2:]
        geometry = self.kernel_size, *self._geometry()
        col = unfold(x, *geometry, count, x.dtype, self.work)  # (C, *K, *O, N)
        n, taps = prod(count) * len(x), self.in_channels * prod(self.kernel_size)
        rows = np.ones((n, taps + (self.bias is not None)), x.dtype)
        places = np.arange(self.weight.size).reshape(self.weight.shape)
        rows[:, self._filters(places)[0].reshape(-1)] = col.reshape(taps, n).T
        return rows

    def kronecker_outputs(self, dC_dy):
        if self.groups != 1:
            return None
        if dC_dy.ndim == self.axes + 1:
            dC_dy = dC_dy[None]
        last = np.moveaxis(dC_dy, (0, 1), (-2, -1))  # (*O, N, C)
        return last.reshape(prod(last.shape[:-1]), last.shape[-1])
