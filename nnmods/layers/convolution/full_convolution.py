"""Full (transposed) convolution over any number of spatial axes."""

from math import prod

from nnmods.core import check, reuse
from nnmods.core.tables import check_like, check_table, is_table
from nnmods.kernels.conv_bias import add_bias
from nnmods.kernels.convolution import (
    conv_backward,
    conv_forward,
    conv_weight_grad,
)
from nnmods.kernels.layout import rolled
from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.geometry import per_axis


class FullConvolution(Convolution):
    """The abstract base of the full convolutions: a convolution's transpose, plus bias.

    See `SpatialFullConvolution` for formulas. What is forward in a convolution is
    backward here, of the same kernels.
    """

    _results = (*Convolution._results, "_no_slope")
    _no_slope = None
    _adjusted = None

    def _place(self, positions, keywords, dilation, output_padding):
        owner, none = type(self).__name__, (0,) * self.axes
        kernel, stride, padding = positions
        if any(p is not None for p in padding):  # one axis does not speak for another
            padding = tuple(0 if p is None else p for p in padding)
        super()._place((kernel, stride, padding), keywords, dilation)
        sizes = per_axis(owner, "output_padding", *output_padding, none, 0)
        if any(a >= s for a, s in zip(sizes, self.stride, strict=True)):
            raise ValueError(
                f"{owner}: output_padding is {sizes}, expected less than the stride, "
                f"{self.stride}"
            )
        self.output_padding = self._adjusted = sizes

    def _weight_shape(self):
        return self.in_channels, self.out_channels // self.groups, *self.kernel_size

    def _fan_in(self):
        return self.in_channels // self.groups * prod(self.kernel_size)

    def output_shape(self, shape):
        count = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + 1 + a
            for n, s, p, d, k, a in zip(
                shape[2:],
                self.stride,
                self.padding,
                self.dilation,
                self.kernel_size,
                self._adjusted,
                strict=True,
            )
        )
        if min(count) < 1 or min(shape[2:]) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, which gives y the size "
                f"{count}, expected at least 1 along each axis"
            )
        return (shape[0], self.out_channels, *count)

    def forward(self, x):
        return super().forward(self._image("x", x))

    def backward(self, x, dC_dy):
        dC_dx = super().backward(self._image("x", x), dC_dy)
        if is_table(x):
            zeros = reuse(self._no_slope, x[1].shape, x[1], module=self)
            zeros.fill(0)
            self._no_slope = zeros
            self.dC_dx = [dC_dx, zeros]
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(self._image("x", x), dC_dy, scale)

    def jvp(self, x, dx, dparams=None):
        image = self._image("x", x)
        if is_table(x):
            check_like(self, "dx", dx, x)
            dx = dx[0]
        return super().jvp(image, dx, dparams)

    def per_example_grads(self, x, dC_dy):
        return super().per_example_grads(self._image("x", x), dC_dy)

    def per_example_sq_norms(self, x, dC_dy):
        return super().per_example_sq_norms(self._image("x", x), dC_dy)

    def _image(self, name, x):
        """Return x itself, or the first of a table, and adjust y to the second."""
        self._adjusted = self.output_padding
        if not is_table(x):
            return x
        check_table(self, name, x, 2)
        image, target = x
        check(self, f"{name}[1]", target, (..., *(None,) * self.axes))
        self._adjusted = tuple(
            (n + 2 * p - d * (k - 1) - 1) % s
            for n, k, s, p, d in zip(
                target.shape[-self.axes :],
                self.kernel_size,
                *self._geometry(),
                strict=True,
            )
        )
        return image

    def _backward(self, x, dC_dy, out):
        weight, how = self._filters(self.weight), self.algorithm
        conv_forward(dC_dy, weight, None, *self._geometry(), out, how)

    def _apply(self, x, weight, bias, out):
        weight, how = self._filters(weight), self.algorithm
        conv_backward(x, weight, out.shape, *self._geometry(), out, how)
        if bias is not None:
            add_bias(rolled(out), bias)

    def _ordered(self, x, dC_dy):
        return dC_dy, x

    def _weight_grad(self, x, dC_dy, out):
        conv_weight_grad(dC_dy, x, *self._geometry(), out, self.algorithm)
