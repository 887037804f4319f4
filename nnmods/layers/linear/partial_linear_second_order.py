"""PartialLinearSecondOrder: single examples of an affine map in part."""

import numpy as np

from nnmods.core.weighted import Weighted


class PartialLinearSecondOrder(Weighted):
    """The part of `PartialLinear` beyond its three verbs.

    An output that is computed twice has a gradient for each time, of which an example
    sees the sum.
    """

    def per_example_grads(self, x, dC_dy):
        self._check(x, dC_dy)
        chosen, dC_dy = self._by_output(dC_dy)
        grads = []
        for p, rows in zip(self.parameters()[0], (x, None), strict=False):
            grad = self.work(f"{p.ndim}-d by example", (len(x), *p.shape), p.dtype)
            grad.fill(0)
            grad[:, chosen] = dC_dy if rows is None else dC_dy[:, :, None] * x[:, None]
            grads.append(grad)
        return grads

    def per_example_sq_norms(self, x, dC_dy):
        self._check(x, dC_dy)
        _, dC_dy = self._by_output(dC_dy)
        dtype = np.result_type(x, dC_dy)  # the squares of integers would wrap
        squares = [np.vecdot(a, a, dtype=dtype) for a in (x, dC_dy)]
        return squares[1] * (squares[0] + (self.bias is not None))

    def _by_output(self, dC_dy):
        """Return the outputs that are computed, each once, and dC_dy by these."""
        if self.partition is None:
            return slice(None), dC_dy
        chosen, where = np.unique(self.partition, return_inverse=True)
        if len(chosen) == len(where):
            return self.partition, dC_dy
        sums = np.zeros((len(chosen), len(dC_dy)), dC_dy.dtype)
        np.add.at(sums, where, dC_dy.T)
        return chosen, sums.T
