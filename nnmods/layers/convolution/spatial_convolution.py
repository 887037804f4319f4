"""SpatialConvolution: weighted windows of images."""

from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.convolution.unfolded import Unfolded
from nnmods.layers.geometry import in_turn


class SpatialConvolution(Unfolded, Convolution):
    """Convolution over two axes; strictly a cross-correlation, as in Torch7.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``::

        y[n, c, o]            = bias[c] + sum_ik weight[c, i, k] x[n, i, p]
        dC_dx[n, i, p]        = sum_cko          weight[c, i, k] dC_dy[n, c, o]
        grad_weight[c, i, k] += scale * sum_no   dC_dy[n, c, o] x[n, i, p]
        grad_bias[c]         += scale * sum_no   dC_dy[n, c, o]

    Arrays of any strides are taken; results lie in batch-last memory, behind the shape
    (N, C, H, W), which is the fastest to receive too.

    Parameters
    ----------
    in_channels, out_channels : int
        Torch7's nInputPlane and nOutputPlane.
    kw, kh, dw, dh, pad_w, pad_h : int
        Torch7's arguments in its order, width first: kernel, stride (1), padding
        (pad_w 0, and pad_h like pad_w). Without ``kh`` the kernel is square.
    kernel_size, stride, padding, dilation : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    groups : int, default=1
        Into how many groups the channels of x and of y are cut; an output channel has
        weights for the input channels of its own group only.
    bias : bool, default=True
    algorithm : {"auto", "direct"}, default="auto"
        Whether kernels of 3 and 5 may go by Winograd's tiles: fewer products, an error
        of 1e-5 of the largest entry in float32, and infinities that spoil their tile.
        From 100 entries of a kernel on, "auto" is the Fourier transform: an error of a
        few units of the largest entry's last place, and infinities that spoil their
        image. Both are for one group; at other strides only dC_dx may go by them.
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
    .. [1] Torch7, nn, ``SpatialConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = SpatialConvolution(1, 6, kernel_size=5, padding=2, rng=0)
    >>> conv
    SpatialConvolution(1 -> 6, 5x5, padding=2)
    >>> conv(np.ones((3, 1, 28, 28))).shape
    (3, 6, 28, 28)
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
        algorithm="auto",
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
        self._setup(in_channels, out_channels, groups, bias, rng, algorithm)
