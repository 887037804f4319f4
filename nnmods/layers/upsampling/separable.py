"""Separable: the family of images mapped along one axis after another."""

from nnmods.kernels.resize_axes import apply_maps
from nnmods.layers.image_module import ImageModule


class Separable(ImageModule):
    """A linear map along each spatial axis, without parameters.

    ::

        y     = x, with A_i applied along each spatial axis i
        dC_dx = dC_dy, with A_i^T applied along each spatial axis i

    A subclass sets ``axes`` and writes ``_maps(size)``: the sparse matrices A_i for a
    spatial size, each a `nnmods.kernels.resize_axes.AxisMap`. It raises where x of this
    size is not accepted.
    """

    def _maps(self, size):
        raise NotImplementedError

    def output_shape(self, shape):
        return (*shape[:2], *(m.count for m in self._maps(shape[2:])))

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def _forward(self, x, out):
        apply_maps(x, self._maps(x.shape[2:]), out, self.work)

    def _backward(self, x, dC_dy, out):
        maps = tuple(m.transpose for m in self._maps(x.shape[2:]))
        apply_maps(dC_dy, maps, out, self.work, "transposed")

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)
