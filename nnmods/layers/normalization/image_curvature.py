"""ImageCurvature: the verbs of curvature of normalisations of images."""

from nnmods.core import check
from nnmods.layers.image_module import ImageModule
from nnmods.layers.normalization.channel_curvature import floor_at_0
from nnmods.layers.normalization.channel_moments import quiet


class ImageCurvature(ImageModule):
    """An `ImageModule` without parameters, whose y has the shape of x.

    A subclass writes ``_turn(x, dC_dy, dx, out)`` for `hvp`, if it is curved, and for
    the diagonal ``_square(x, h, out)`` and ``_add_own(x, dC_dy, out)``. Like the hooks
    of `ImageModule` they see batches, and buffers of the right shape and dtype.
    """

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        if not self.curved:
            return None
        batch, dC_dy = self._batch_pair(x, dC_dy)
        check(self, "dx", dx, x.shape)
        out = self._buffer("ddC_dx", batch.shape, dx)
        with quiet():
            self._turn(batch, dC_dy, dx.reshape(batch.shape), out)
        return out if batch is x else out[0]

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        batch = self._batch("x", x)
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        h = d2C_dy2.reshape(batch.shape)
        out = self._buffer("d2C_dx2", batch.shape, h)
        with quiet():
            self._square(batch, h, out)
            floor_at_0(out, h, (1, 2, 3))
            if dC_dy is not None and self.curved:
                self._add_own(batch, self._batch_pair(x, dC_dy)[1], out)
        self._d2C_dx2 = out if batch is x else out[0]
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn
