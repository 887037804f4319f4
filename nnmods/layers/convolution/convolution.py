"""Convolution over any number of spatial axes, without the constructor's arguments."""

from math import prod

import numpy as np

from nnmods.core import check, get_rng, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.kernels.convolution import (
    channel_sum,
    conv_backward,
    conv_forward,
    conv_weight_grad,
)
from nnmods.kernels.windows import output_size
from nnmods.layers.geometry import shown
from nnmods.layers.image_module import ImageModule


class Convolution(ImageModule):
    """The abstract base of temporal, spatial and volumetric convolution.

    See `SpatialConvolution` for formulas; a subclass sets ``axes`` and writes a
    constructor that calls `_setup`.
    """

    def _setup(
        self, in_channels, out_channels, kernel_size, stride, padding, bias, rng
    ):
        owner = type(self).__name__
        self.channels = as_size(owner, "in_channels", in_channels)
        self.in_channels = self.channels
        self.out_channels = as_size(owner, "out_channels", out_channels)
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = (1,) * self.axes
        shape = (self.out_channels, self.in_channels, *kernel_size)
        self.weight = np.empty(shape, self.dtype)
        self.bias = np.empty(self.out_channels, self.dtype) if bias else None
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias) if bias else None
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, prod(self.weight.shape[1:]))
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def no_bias(self):
        """Take the bias away, and return self."""
        self.bias = self.grad_bias = None
        return self

    def output_shape(self, shape):
        count = output_size(
            shape[2:], self.kernel_size, self.stride, self.padding, self.dilation
        )
        if min(count) < 1:
            least = tuple(
                max(k - 2 * p, 1)
                for k, p in zip(self.kernel_size, self.padding, strict=True)
            )
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, expected at least {least}"
            )
        return (shape[0], self.out_channels, *count)

    def _forward(self, x, out):
        conv_forward(x, self.weight, self.bias, *self._geometry(), out, self.work)

    def _backward(self, x, dC_dy, out):
        conv_backward(dC_dy, self.weight, x.shape, *self._geometry(), out, self.work)

    def _jvp(self, x, dx, dparams, out):
        conv_forward(dx, self.weight, None, *self._geometry(), out, self.work)
        if dparams is not None:
            for i, p in enumerate(self.parameters()[0]):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
            dbias = dparams[1] if self.bias is not None else None
            part = np.empty_like(out)
            out += conv_forward(
                x, dparams[0], dbias, *self._geometry(), part, self.work
            )

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        x, dC_dy = self._batch_pair(x, dC_dy)
        share = self.work("weight share", self.weight.shape, self.weight.dtype)
        conv_weight_grad(x, dC_dy, *self._geometry(), share, self.work)
        self._add(self.grad_weight, share, scale)
        if self.bias is not None:
            share = self.work("bias share", self.bias.shape, self.bias.dtype)
            channel_sum(dC_dy, share, self.work)
            self._add(self.grad_bias, share, scale)

    def _add(self, grad, share, scale):
        if scale != 1:
            np.multiply(share, scale, out=share)
        np.add(grad, share, out=grad)

    def _geometry(self):
        return self.stride, self.padding, self.dilation

    def _operands(self):
        return (self.weight,)

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        return (
            f"{type(self).__name__}({self.in_channels} -> {self.out_channels}, "
            f"{shown(self.kernel_size, self.stride, self.padding)}{bias})"
        )
