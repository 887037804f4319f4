"""Windows of images as columns: the base of unfolding and folding."""

from math import prod

import numpy as np

from nnmods.kernels.conv_local import fold, unfold
from nnmods.kernels.layout import batch_last, rolled
from nnmods.kernels.windows import output_size
from nnmods.layers.geometry import per_axis, shown
from nnmods.layers.image_module import ImageModule


class WindowMap(ImageModule):
    """The abstract base of `Unfold` and `Fold`, two linear maps without parameters.

    Each is the transpose of the other: a subclass says which way is forward.
    """

    curved = False

    def _place(self, kernel_size, dilation, padding, stride, *others):
        """Set the geometry, and return the number of spatial axes.

        It is that of the first tuple among the arguments, or else 2.
        """
        given = (kernel_size, *others, dilation, padding, stride)
        lengths = [len(g) for g in given if isinstance(g, (tuple, list))]
        axes = lengths[0] if lengths else 2
        self.kernel_size = self._setting("kernel_size", kernel_size, axes, 1)
        self.dilation = self._setting("dilation", dilation, axes, 1, usual=1)
        self.padding = self._setting("padding", padding, axes, 0, usual=0)
        self.stride = self._setting("stride", stride, axes, 1, usual=1)
        return axes

    def _setting(self, name, value, axes, least, usual=None):
        value = usual if value is None else value
        return per_axis(type(self).__name__, name, (None,) * axes, value, None, least)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        batch, curvatures = self._batch_pair(x, d2C_dy2)
        out = self._buffer("d2C_dx2", batch.shape, d2C_dy2)
        self._backward(batch, curvatures, out)  # squares of 0 and 1 are the same
        return out if batch is x else out[0]

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)

    def _count(self, size):
        """Return how many windows an image has along each axis."""
        return output_size(size, self.kernel_size, *self._geometry())

    def _unfold(self, x, out):
        """Write the columns of images (N, C, *S) to ``out`` (N, C * K, L)."""
        geometry = *self._geometry(), self._count(x.shape[2:])
        view = unfold(x, self.kernel_size, *geometry, out.dtype, self.work)
        np.copyto(rolled(out).reshape(view.shape), view)

    def _fold(self, col, out):
        """Write the sum of columns (N, C * K, L) to images ``out`` (N, C, *S)."""
        N, channels, *size = out.shape
        shape = channels, *self.kernel_size, *self._count(tuple(size)), N
        col = batch_last(col, self.work, "columns", out.dtype).reshape(shape)
        fold(col, *self._geometry(), out, self.work)

    def _taps(self):
        return prod(self.kernel_size)

    def _geometry(self):
        return self.stride, self.padding, self.dilation

    def _shown(self):
        return shown(self.kernel_size, *self._geometry())
