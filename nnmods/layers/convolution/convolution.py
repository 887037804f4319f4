"""Convolution over any number of spatial axes, without the constructor's arguments."""

from math import prod

import numpy as np

from nnmods.core import check, get_rng, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.kernels.conv_choice import check_algorithm
from nnmods.kernels.convolution import (
    channel_sum,
    conv_backward,
    conv_forward,
    conv_weight_grad,
)
from nnmods.kernels.layout import laid_batch_last
from nnmods.kernels.scratch import scratch
from nnmods.kernels.windows import output_size
from nnmods.layers.convolution.second_order import ConvolutionSecondOrder
from nnmods.layers.geometry import per_axis, shown, window_settings
from nnmods.layers.image_module import ImageModule


class Convolution(ConvolutionSecondOrder, ImageModule):
    """The abstract base of temporal, spatial and volumetric convolution.

    See `SpatialConvolution` for formulas; a subclass sets ``axes`` and writes a
    constructor that calls `_place` and `_setup`. One that stores its parameters in
    other shapes than the kernels take overrides `_weight_shape`, `_filters` and
    `_offsets`.
    """

    reads_y = False
    _results = (*ImageModule._results, *ConvolutionSecondOrder._results)
    groups = 1
    algorithm = "auto"
    output_padding = (0,)

    def _place(self, positions, keywords, dilation):
        """Set the geometry; arguments by position and by keyword, in order of axes."""
        owner, ones = type(self).__name__, (1,) * self.axes
        self.kernel_size, self.stride, self.padding = window_settings(
            owner, positions, keywords, overlap=True
        )
        by_position, keyword = dilation
        by_position = by_position or (None,) * self.axes
        self.dilation = per_axis(owner, "dilation", by_position, keyword, ones, 1)

    def _setup(self, in_channels, out_channels, groups, bias, rng, algorithm="auto"):
        owner = type(self).__name__
        self.algorithm = check_algorithm(algorithm, owner)
        self.channels = as_size(owner, "in_channels", in_channels)
        self.in_channels = self.channels
        self.out_channels = as_size(owner, "out_channels", out_channels)
        self.groups = as_size(owner, "groups", groups)
        if self.groups < 1:
            raise ValueError(f"{owner}: groups is {groups}, expected at least 1")
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % self.groups:
                raise ValueError(
                    f"{owner}: {name} is {getattr(self, name)}, expected a multiple "
                    f"of groups, {self.groups}"
                )
        self._allocate(self._weight_shape(), (self.out_channels,), bias, rng)

    def _weight_shape(self):
        return self.out_channels, self.in_channels // self.groups, *self.kernel_size

    def _allocate(self, weight_shape, bias_shape, bias, rng):
        self.weight = np.empty(weight_shape, self.dtype)
        self.bias = np.empty(bias_shape, self.dtype) if bias else None
        # Such zeros, unlike those of zeros_like, take no memory until they are used.
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype) if bias else None
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self._fan_in())
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def _fan_in(self):
        return prod(self.weight.shape[1:])

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
                max(d * (k - 1) + 1 - 2 * p, 1)
                for k, p, d in zip(
                    self.kernel_size, self.padding, self.dilation, strict=True
                )
            )
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, expected at least {least}"
            )
        return (shape[0], self.out_channels, *count)

    def forward_then(self, x, finish):
        """Return y after ``finish(part)`` of each part of it."""
        return self._run(x, finish=finish)

    def _forward(self, x, out, **options):
        self._apply(x, self.weight, self.bias, out, **options)

    def _backward(self, x, dC_dy, out):
        weight, how = self._filters(self.weight), self.algorithm
        conv_backward(dC_dy, weight, x.shape, *self._geometry(), out, how)

    def _jvp(self, x, dx, dparams, out):
        self._apply(dx, self.weight, None, out)
        if dparams is not None:
            for i, p in enumerate(self.parameters()[0]):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
            dbias = dparams[1] if self.bias is not None else None
            part = self._buffer("part of dy", out.shape, out)
            self._apply(x, dparams[0], dbias, part)
            np.add(out, part, out=out)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        x, dC_dy = self._batch_pair(x, dC_dy)
        with scratch() as work:
            dC_dy = laid_batch_last(dC_dy, work, "dC_dy")  # once for both
            share = work("weight", self.weight.shape, self.weight.dtype)
            self._weight_grad(x, dC_dy, self._filters(share))
            self._add(self.grad_weight, share, scale)
            if self.bias is not None:
                share = work("bias", self.bias.shape, self.bias.dtype)
                channel_sum(dC_dy, self._offsets(share))
                self._add(self.grad_bias, share, scale)

    def _apply(self, x, weight, bias, out, finish=None):
        """Write y for these parameters to ``out``."""
        weight, how = self._filters(weight), self.algorithm
        bias = None if bias is None else self._offsets(bias)
        conv_forward(x, weight, bias, *self._geometry(), out, how, finish)

    def _weight_grad(self, x, dC_dy, out):
        conv_weight_grad(x, dC_dy, *self._geometry(), out, self.algorithm)

    def _add(self, grad, share, scale):
        if scale != 1:
            np.multiply(share, scale, out=share)
        np.add(grad, share, out=grad)

    def _filters(self, weight):
        """Return an array shaped like the weight as the kernels take it: a view."""
        if self.groups == 1:
            return weight
        shape = self.groups, len(weight) // self.groups, *weight.shape[1:]
        return weight.reshape(shape)

    def _offsets(self, bias):
        """Return an array shaped like the bias as the kernels take it: a view."""
        return bias if self.groups == 1 else bias.reshape(self.groups, -1)

    def _geometry(self):
        return self.stride, self.padding, self.dilation

    def _operands(self):
        return (self.weight,)

    def _grouping(self):
        return f", groups={self.groups}" if self.groups > 1 else ""

    def __repr__(self):
        geometry = shown(self.kernel_size, *self._geometry(), self.output_padding)
        bias = "" if self.bias is not None else ", bias=False"
        return (
            f"{type(self).__name__}({self.in_channels} -> {self.out_channels}, "
            f"{geometry}{self._grouping()}{bias})"
        )
