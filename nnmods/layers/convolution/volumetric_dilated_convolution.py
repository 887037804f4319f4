"""VolumetricDilatedConvolution: windows of volumes whose entries lie apart."""

from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.convolution.unfolded import Unfolded
from nnmods.layers.geometry import in_turn


class VolumetricDilatedConvolution(Unfolded, Convolution):
    """Convolution over three axes, the entries of a window ``dilation`` apart.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``::

        y[n, c, o]            = bias[c] + sum_ik weight[c, i, k] x[n, i, p]
        dC_dx[n, i, p]        = sum_cko          weight[c, i, k] dC_dy[n, c, o]
        grad_weight[c, i, k] += scale * sum_no   dC_dy[n, c, o] x[n, i, p]
        grad_bias[c]         += scale * sum_no   dC_dy[n, c, o]

    It is `VolumetricConvolution` with the dilation among Torch7's arguments.

    Parameters
    ----------
    in_channels, out_channels : int
        Torch7's nInputPlane and nOutputPlane.
    kt, kw, kh, dt, dw, dh, pad_t, pad_w, pad_h : int
        Torch7's arguments in its order, width before height: kernel, stride (1),
        padding (pad_t 0, pad_w like pad_t, pad_h like pad_w).
    dilation_t, dilation_w, dilation_h : int
        Torch7's last arguments: dilation (1).
    kernel_size, stride, padding, dilation : int or (int, int, int)
        The same by keyword, in the order of the axes: time, height, width.
    groups : int, default=1
        Into how many groups the channels of x and of y are cut; an output channel has
        weights for the input channels of its own group only.
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on
        +-1/sqrt(in_channels / groups * kt * kh * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray
        Shape (out_channels, in_channels / groups, kt, kh, kw).
    bias, grad_bias : ndarray, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_channels, T, H, W) or (in_channels, T, H, W), is smaller
        than a window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricDilatedConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = VolumetricDilatedConvolution(1, 4, 3, 3, 3, dilation=(1, 2, 3), rng=0)
    >>> conv(np.ones((2, 1, 8, 8, 8))).shape
    (2, 4, 6, 4, 2)
    """

    axes = 3
    finishes = True

    def __init__(
        self,
        in_channels,
        out_channels,
        kt=None,
        kw=None,
        kh=None,
        dt=None,
        dw=None,
        dh=None,
        pad_t=None,
        pad_w=None,
        pad_h=None,
        dilation_t=None,
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
        pad_t, pad_w, pad_h = in_turn(pad_t, pad_w, pad_h)
        self._place(
            ((kt, kh, kw), (dt, dh, dw), (pad_t, pad_h, pad_w)),
            (kernel_size, stride, padding),
            ((dilation_t, dilation_h, dilation_w), dilation),
        )
        self._setup(in_channels, out_channels, groups, bias, rng)
