"""MaxoutSecondOrder: the second derivatives of the largest of affine maps."""

import numpy as np

from nnmods.core import Module
from nnmods.core.examples import sq_norms
from nnmods.core.parameters import has_parameters


class MaxoutSecondOrder(Module):
    """The part of `Maxout` beyond its three verbs.

    Which map is largest changes in steps only: what curves are the products of the
    affine maps, and ``preprocess``.
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        dC_dmaps = self._pull(x, dC_dy, None)
        first, rest = self._shares(dparams)
        turned = None
        if self.preprocess is not None and self.preprocess.curved:
            dC_dmaps = dC_dmaps.copy()  # the memory of the gradient that comes next
            dmaps = self.linear.jvp(x, dx, first).reshape(self._maps.shape)
            self.preprocess.jvp(self._maps, dmaps, rest)
            dC_dz = self._pulled(dC_dy)
            turned = self.preprocess.hvp(self._maps, dC_dz, dmaps, rest, scale)
        if turned is None:
            return self.linear.hvp(x, dC_dmaps, dx, first, scale)
        turned = turned.reshape(dC_dmaps.shape)
        return self.linear.backprop_jvp(x, dC_dmaps, dx, turned, first, scale)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        if self.preprocess is not None:
            return super().backward_diag_hessian(x, d2C_dy2, dC_dy)
        return self.linear.backward_diag_hessian(x, self._pull(x, d2C_dy2, None))

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        if self.preprocess is not None:
            super().acc_diag_hessian_params(x, d2C_dy2, scale, dC_dy)
            return
        self.linear.acc_diag_hessian_params(x, self._pull(x, d2C_dy2, None), scale)

    def per_example_grads(self, x, dC_dy):
        grads = self.linear.per_example_grads(x, self._pull(x, dC_dy, None))
        return grads + self._grads_of_preprocess(x, dC_dy)

    def per_example_sq_norms(self, x, dC_dy):
        norms = self.linear.per_example_sq_norms(x, self._pull(x, dC_dy, None))
        rest = self._grads_of_preprocess(x, dC_dy)
        return norms + sq_norms(rest, len(norms), norms.dtype)

    def _grads_of_preprocess(self, x, dC_dy):
        """Return its gradients of single examples, after `_pull`."""
        if self.preprocess is None or not has_parameters(self.preprocess):
            return []
        grads = self.preprocess.per_example_grads(self._maps, self._pulled(dC_dy))
        if x.ndim == 1:  # the maps of one example may look like several
            return [grad.sum(axis=0, keepdims=True) for grad in grads]
        return grads

    def _pulled(self, dC_dy):
        """Return the gradient by what ``preprocess`` gives, as `_pull` left it."""
        return self.work("dC_dz", self._z.shape, np.result_type(dC_dy, self._z))
