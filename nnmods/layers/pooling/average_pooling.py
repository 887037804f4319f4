"""Average pooling over any number of axes, without the constructor's arguments."""

from math import prod

import numpy as np

from nnmods.kernels.average_pooling import average_pool_backward, average_pool_forward
from nnmods.layers.pooling.pooling import Pooling


class AveragePooling(Pooling):
    """The abstract base of the average poolings.

    See `SpatialAveragePooling` for formulas; a subclass sets ``axes`` and writes a
    constructor that calls `_setup`.
    """

    count_include_pad = True
    divide = True

    def set_count_include_pad(self):
        """Divide by the size of a window with its padding, and return self."""
        self.count_include_pad = True
        return self

    def set_count_exclude_pad(self):
        """Divide by the number of entries of the image, and return self."""
        self.count_include_pad = False
        return self

    def _forward(self, x, out):
        average_pool_forward(x, *self._geometry(), out, self.work)
        self._scale(out)

    def _backward(self, x, dC_dy, out):
        average_pool_backward(dC_dy, x.shape, *self._geometry(), out, self.work)
        self._scale(out)

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)

    def _scale(self, out):
        if not self.divide:
            np.multiply(out, prod(self.kernel_size), out=out)

    def _geometry(self):
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def _details(self):
        include = "" if self.count_include_pad else ", count_include_pad=False"
        divide = "" if self.divide else ", divide=False"
        return super()._details() + include + divide
