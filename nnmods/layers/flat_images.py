"""FlatImages: modules on images without curvature, such as poolings and borders."""

from nnmods.core.selection import Selecting
from nnmods.layers.image_module import ImageModule


class SquaredImages(ImageModule):
    """An `ImageModule` whose d2C_dx2 is its `backward` with squares in some places.

    It stands before the class that says with which: `Selecting` or `Weighted`. The
    result gets a buffer of its own, beside that of dC_dx.
    """

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._exchange_buffers()
        try:
            return super().backward_diag_hessian(x, d2C_dy2)
        finally:
            self._exchange_buffers()

    def _exchange_buffers(self):
        if self._buffers is None:
            self._buffers = {}
        first, second = (self._buffers.get(name) for name in ("dC_dx", "d2C_dx2"))
        self._buffers.update(dC_dx=second, d2C_dx2=first)


class FlatImages(SquaredImages, Selecting):
    """An `ImageModule` without parameters, linear in x or in each piece of it.

    Where the entries of its Jacobian are not all 0 or 1, a subclass says what their
    squares change.
    """
