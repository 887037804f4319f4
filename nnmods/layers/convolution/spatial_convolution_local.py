"""SpatialConvolutionLocal: windows of images, each with weights of its own."""

import numpy as np

from nnmods.core import check
from nnmods.core.arrays import as_size
from nnmods.kernels.conv_local import (
    local_backward,
    local_example_grads,
    local_example_sq_norms,
    local_forward,
    local_weight_grad,
)
from nnmods.kernels.windows import output_size
from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.geometry import in_turn, per_axis


class SpatialConvolutionLocal(Convolution):
    """Convolution over two axes with other weights at each position.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``::

        y[n, c, o]               = bias[c, o] + sum_ik weight[o, c, i, k] x[n, i, p]
        dC_dx[n, i, p]           = sum_cko          weight[o, c, i, k] dC_dy[n, c, o]
        grad_weight[o, c, i, k] += scale * sum_n    dC_dy[n, c, o] x[n, i, p]
        grad_bias[c, o]         += scale * sum_n    dC_dy[n, c, o]

    Parameters
    ----------
    in_channels, out_channels : int
        Torch7's nInputPlane and nOutputPlane.
    iw, ih, kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: the size of the image, kernel,
        stride (1), padding (pad_w 0, and pad_h like pad_w). Without ``ih`` or ``kh``
        image or kernel are square.
    input_size, kernel_size, stride, padding, dilation : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_channels * kh * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray
        Shape (oh, ow, out_channels, in_channels, kh, kw).
    bias, grad_bias : ndarray, shape (out_channels, oh, ow), or None

    Raises
    ------
    ValueError
        If no window fits in the image, ``x`` is not (N, in_channels, ih, iw) or
        (in_channels, ih, iw), or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialConvolutionLocal``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = SpatialConvolutionLocal(2, 3, 5, 4, 3, 2, rng=0)
    >>> conv
    SpatialConvolutionLocal(2 -> 3, 4x5, 2x3)
    >>> conv.weight.shape, conv(np.ones((7, 2, 4, 5))).shape
    ((3, 3, 3, 2, 2, 3), (7, 3, 3, 3))
    """

    axes = 2

    def __init__(
        self,
        in_channels,
        out_channels,
        iw=None,
        ih=None,
        kw=None,
        kh=None,
        dw=None,
        dh=None,
        pad_w=None,
        pad_h=None,
        *,
        input_size=None,
        kernel_size=None,
        stride=None,
        padding=None,
        dilation=None,
        bias=True,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        owner = "SpatialConvolutionLocal"
        if input_size is None and iw is None and ih is None:
            raise TypeError(f"{owner}: input_size is missing")
        self.input_size = per_axis(owner, "input_size", (ih, iw), input_size, None, 1)
        pad_w, pad_h = in_turn(pad_w, pad_h)
        self._place(
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            (None, dilation),
        )
        self.channels = self.in_channels = as_size(owner, "in_channels", in_channels)
        self.out_channels = as_size(owner, "out_channels", out_channels)
        count = output_size(self.input_size, self.kernel_size, *self._geometry())
        if min(count) < 1:
            raise ValueError(
                f"{owner}: kernel_size is {self.kernel_size}, expected windows that "
                f"fit in the padded image of {self.input_size}"
            )
        rows = self.out_channels, self.in_channels, *self.kernel_size
        self._allocate((*count, *rows), (self.out_channels, *count), bias, rng)

    def output_shape(self, shape):
        return shape[0], self.out_channels, *self.weight.shape[: self.axes]

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        x, dC_dy = self._batch_pair(x, dC_dy)
        share = self.work("weight share", self.weight.shape, self.weight.dtype)
        local_weight_grad(x, dC_dy, *self._geometry(), share, self.work)
        self._add(self.grad_weight, share, scale)
        if self.bias is not None:
            share = self.work("bias share", self.bias.shape, self.bias.dtype)
            np.add.reduce(dC_dy, axis=0, out=share)
            self._add(self.grad_bias, share, scale)

    def _weight_grads(self, x, dC_dy, out):
        local_example_grads(x, dC_dy, *self._geometry(), out, self.work)

    def _weight_norms(self, x, dC_dy):
        shape = self.weight.shape
        return local_example_sq_norms(x, dC_dy, *self._geometry(), shape, self.work)

    def _bias_grads(self, dC_dy, out):
        out[...] = dC_dy

    def _batch(self, name, x):
        lengths = self.channels, *self.input_size
        single = getattr(x, "ndim", None) == self.axes + 1
        check(self, name, x, lengths if single else (None, *lengths))
        return x[None] if single else x

    def _apply(self, x, weight, bias, out):
        local_forward(x, weight, bias, *self._geometry(), out, self.work)

    def _backward(self, x, dC_dy, out):
        local_backward(dC_dy, self.weight, *self._geometry(), out, self.work)

    def _fan_in(self):
        return self.weight[0, 0, 0].size if self.out_channels else 1

    def __repr__(self):
        start, rest = super().__repr__().split(", ", 1)
        size = "x".join(map(str, self.input_size))
        return f"{start}, {size}, {rest}"
