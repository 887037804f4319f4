"""SpatialDepthWiseConvolution: each image plane convolved alone."""

from nnmods.core.arrays import as_size
from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.geometry import in_turn


class SpatialDepthWiseConvolution(Convolution):
    """Convolution over two axes of each channel alone, several times.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``, input
    channel i and its m-th output::

        y[n, i * multiplier + m, o] = bias[m, i] + sum_k weight[m, i, k] x[n, i, p]
        dC_dx[n, i, p]        = sum_mko        weight[m, i, k] dC_dy[n, (i, m), o]
        grad_weight[m, i, k] += scale * sum_no dC_dy[n, (i, m), o] x[n, i, p]
        grad_bias[m, i]      += scale * sum_no dC_dy[n, (i, m), o]

    Torch7's own mistakes the rows of an image that is not square for its columns, and
    has no backward then; here height is height.

    Parameters
    ----------
    in_channels, multiplier : int
        Torch7's nInputPlane and nOutputPlane: y has in_channels * multiplier channels.
    kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: kernel, stride (1), padding
        (pad_w 0, and pad_h like pad_w).
    kernel_size, stride, padding, dilation : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_channels * kh * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (multiplier, in_channels, kh, kw)
    bias, grad_bias : ndarray, shape (multiplier, in_channels), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_channels, H, W) or (in_channels, H, W), is smaller than
        a window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialDepthWiseConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = SpatialDepthWiseConvolution(3, 2, kernel_size=3, padding=1, rng=0)
    >>> conv
    SpatialDepthWiseConvolution(3 -> 6, 3x3, padding=1)
    >>> conv(np.ones((5, 3, 8, 6))).shape
    (5, 6, 8, 6)
    """

    axes = 2
    finishes = True

    def __init__(
        self,
        in_channels,
        multiplier,
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
        owner = "SpatialDepthWiseConvolution"
        self.channels = self.in_channels = as_size(owner, "in_channels", in_channels)
        self.multiplier = as_size(owner, "multiplier", multiplier)
        self.out_channels = self.channels * self.multiplier
        shape = self.multiplier, self.channels
        self._allocate((*shape, *self.kernel_size), shape, bias, rng)

    def _filters(self, weight):
        return weight.swapaxes(0, 1)[:, :, None]  # a group for each input channel

    def _offsets(self, bias):
        return bias.T
