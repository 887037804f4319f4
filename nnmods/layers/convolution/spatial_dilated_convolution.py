"""SpatialDilatedConvolution: windows of images whose entries lie apart."""

from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.convolution.unfolded import Unfolded
from nnmods.layers.geometry import in_turn


class SpatialDilatedConvolution(Unfolded, Convolution):
    """Convolution over two axes, the entries of a window ``dilation`` apart.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``::

        y[n, c, o]            = bias[c] + sum_ik weight[c, i, k] x[n, i, p]
        dC_dx[n, i, p]        = sum_cko          weight[c, i, k] dC_dy[n, c, o]
        grad_weight[c, i, k] += scale * sum_no   dC_dy[n, c, o] x[n, i, p]
        grad_bias[c]         += scale * sum_no   dC_dy[n, c, o]

    It is `SpatialConvolution` with the dilation among Torch7's arguments.

    Parameters
    ----------
    in_channels, out_channels : int
        Torch7's nInputPlane and nOutputPlane.
    kw, kh, dw, dh, pad_w, pad_h, dilation_w, dilation_h : int
        Torch7's arguments in its order, width first: kernel, stride (1), padding
        (pad_w 0, and pad_h like pad_w), dilation (1).
    kernel_size, stride, padding, dilation : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    groups : int, default=1
        Into how many groups the channels of x and of y are cut; an output channel has
        weights for the input channels of its own group only.
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_channels / groups * kh * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_channels, in_channels / groups, kh, kw)
    bias, grad_bias : ndarray, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_channels, H, W) or (in_channels, H, W), is smaller than
        a window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] F. Yu, V. Koltun, "Multi-scale context aggregation by dilated convolutions",
           ICLR 2016; Torch7, nn, ``SpatialDilatedConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = SpatialDilatedConvolution(1, 2, 3, 3, dilation=4, rng=0)
    >>> conv(np.ones((5, 1, 12, 9))).shape
    (5, 2, 4, 1)
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
        dilation_w=None,
        dilation_h=None,
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
            ((dilation_h, dilation_w), dilation),
        )
        self._setup(in_channels, out_channels, groups, bias, rng)
