"""Sequences: what modules on (N, T, C) arrays, frames after frames, have in common."""

from nnmods.core import check
from nnmods.layers.image_module import ImageModule


class Sequences(ImageModule):
    """A module on (N, T, C), or one sample (T, C), that sees images (N, C, T).

    It stands before an `ImageModule` among the bases of a class, whose verbs it gives
    views with the last two axes exchanged.
    """

    axes = 1

    def forward(self, x):
        self.y = super().forward(self._turned("x", x)).swapaxes(-1, -2)
        return self.y

    def backward(self, x, dC_dy):
        turned = self._turned("x", x)
        dC_dx = super().backward(turned, self._turned_gradient(turned, dC_dy))
        self.dC_dx = dC_dx.swapaxes(-1, -2)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        turned = self._turned("x", x)
        super().acc_grad_params(turned, self._turned_gradient(turned, dC_dy), scale)

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, getattr(x, "shape", (...,)))
        turned = self._turned("x", x), self._turned("dx", dx)
        return super().jvp(*turned, dparams).swapaxes(-1, -2)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        turned = self._turned("x", x)
        h = self._turned_gradient(turned, d2C_dy2)
        super().acc_diag_hessian_params(turned, h, scale)

    def per_example_grads(self, x, dC_dy):
        turned = self._turned("x", x)
        return super().per_example_grads(turned, self._turned_gradient(turned, dC_dy))

    def _turned(self, name, x):
        shape = (None, self.channels)
        single = getattr(x, "ndim", None) == 2
        check(self, name, x, shape if single else (None, *shape))
        return x.swapaxes(-1, -2)

    def _turned_gradient(self, x, dC_dy):
        N = () if x.ndim == 2 else x.shape[:1]
        *_, channels, frames = self.output_shape((1, *x.shape[-2:]))
        check(self, "dC_dy", dC_dy, (*N, frames, channels))
        return dC_dy.swapaxes(-1, -2)
