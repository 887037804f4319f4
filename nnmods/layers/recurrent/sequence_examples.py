"""SequenceExamples: the gradients of single sequences of a batch."""

import numpy as np

from nnmods.core.examples import sq_norms


class SequenceExamples:
    """The part of a `SequenceLayer` that tells the sequences of a batch apart.

    The gradient of a weight is a sum of outer products, over steps and sequences; the
    sum over the steps of one sequence is a product of two matrices.
    """

    @property
    def example_axis(self):
        """1, or 0 with ``batchfirst``."""
        return 0 if self.batchfirst else 1

    def per_example_grads(self, x, dC_dy):
        back, _ = self._swept(x, dC_dy)
        seq, _ = self._taken("x", x)
        return self._by_example(self._met(seq), back)

    def per_example_sq_norms(self, x, dC_dy):
        grads = self.per_example_grads(x, dC_dy)
        return sq_norms(grads, len(grads[0]), self.dtype)

    def _by_example(self, met, back):
        N, dtype = self._h.shape[1], back[0].dtype
        found = [np.zeros((N, *p.shape), dtype) for p in self._own()[0]]
        for block, one, other in self._products(found, met, back):
            np.matmul(one.transpose(1, 2, 0), other.transpose(1, 0, 2), out=block)
        np.add.reduce(back[0], axis=0, out=found[1])
        return found
