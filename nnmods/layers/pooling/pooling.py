"""Pooling over any number of spatial axes: the family of windows without weights."""

from nnmods.kernels.windows import pool_output_size
from nnmods.layers.geometry import shown
from nnmods.layers.image_module import ImageModule


class Pooling(ImageModule):
    """The abstract base of the poolings: geometry, output size and repr.

    A subclass sets ``axes`` and the settings below in its constructor.
    """

    ceil_mode = False

    def _setup(self, kernel_size, stride, padding, ceil_mode):
        if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
            raise ValueError(
                f"{type(self).__name__}: padding is {padding}, expected at most half "
                f"of kernel_size {kernel_size}"
            )
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = (1,) * self.axes
        self.ceil_mode = bool(ceil_mode)

    def ceil(self):
        """Let the last window hang over the end, and return self."""
        self.ceil_mode = True
        return self

    def floor(self):
        """Leave out a last window that does not fit, and return self."""
        self.ceil_mode = False
        return self

    def output_shape(self, shape):
        count = pool_output_size(
            shape[2:],
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )
        if min(count) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, expected room for a window "
                f"of {self.kernel_size}"
            )
        return (*shape[:2], *count)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def _details(self):
        return ", ceil_mode=True" if self.ceil_mode else ""

    def __repr__(self):
        geometry = shown(self.kernel_size, self.stride, self.padding)
        return f"{type(self).__name__}({geometry}{self._details()})"
