"""SpatialConvolutionMM: SpatialConvolution with the weight as a matrix."""

from math import prod

from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.convolution.unfolded import Unfolded
from nnmods.layers.geometry import in_turn


class SpatialConvolutionMM(Unfolded, Convolution):
    """Convolution over two axes, its weight stored as a matrix.

    It computes what `SpatialConvolution` does, with
    ``weight.reshape(out_channels, in_channels, kh, kw)``; with x's windows as columns
    ``col``, (in_channels * kh * kw, windows)::

        y            = weight @ col + bias
        dC_dcol      = weight.T @ dC_dy
        grad_weight += scale * dC_dy @ col.T
        grad_bias   += scale * dC_dy.sum(axis=1)

    Parameters
    ----------
    in_channels, out_channels : int
        Torch7's nInputPlane and nOutputPlane.
    kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: kernel, stride (1), padding
        (pad_w 0, and pad_h like pad_w).
    kernel_size, stride, padding, dilation : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    groups : int, default=1
        Into how many groups of channels x and y are cut, each alone.
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_channels / groups * kh * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_channels, in_channels / groups * kh * kw)
    bias, grad_bias : ndarray, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_channels, H, W) or (in_channels, H, W), is smaller than
        the kernel, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialConvolutionMM``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = SpatialConvolutionMM(2, 6, 5, 3, rng=0)
    >>> conv.weight.shape, conv(np.ones((4, 2, 8, 8))).shape
    ((6, 30), (4, 6, 6, 4))
    """

    axes = 2
    finishes = True

    def __init__(
        self,
        in_channels,
        out_channels,
        kw=None,
        kh=None,
        dw=None,
        dh=None,
        pad_w=None,
        pad_h=None,
        *,
        kernel_size=None,
        stride=None,
        padding=None,
        dilation=None,
        groups=1,
        bias=True,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        pad_w, pad_h = in_turn(pad_w, pad_h)
        self._place(
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            (None, dilation),
        )
        self._setup(in_channels, out_channels, groups, bias, rng)

    def _weight_shape(self):
        rows, *row = super()._weight_shape()
        return rows, prod(row)

    def _filters(self, weight):
        return super()._filters(weight.reshape(super()._weight_shape()))
