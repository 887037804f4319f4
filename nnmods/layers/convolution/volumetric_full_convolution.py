"""VolumetricFullConvolution: volumes spread by weighted windows."""

from nnmods.layers.convolution.full_convolution import FullConvolution


class VolumetricFullConvolution(FullConvolution):
    """Full (transposed, up-sampling) convolution over three axes.

    The transpose of a convolution: x is what that one gives, and each of its entries
    spreads a window over y. With ``p = o * stride + k * dilation - padding``, and y cut
    to its size::

        y[n, c, p]            = bias[c] + sum_iko weight[i, c, k] x[n, i, o]
        dC_dx[n, i, o]        = sum_ck            weight[i, c, k] dC_dy[n, c, p]
        grad_weight[i, c, k] += scale * sum_no    x[n, i, o] dC_dy[n, c, p]
        grad_bias[c]         += scale * sum_np    dC_dy[n, c, p]

        size of y = (size of x - 1) * stride - 2 * padding
                    + dilation * (kernel - 1) + 1 + output_padding

    A convolution with a stride makes one size of several: ``output_padding`` tells
    which of them y has. Given a table ``[x, target]`` it is found from the last axes of
    ``target``, whose values count for nothing; its gradient is 0.

    Parameters
    ----------
    in_channels, out_channels : int
        Torch7's nInputPlane and nOutputPlane.
    kt, kw, kh, dt, dw, dh, pad_t, pad_w, pad_h, adj_t, adj_w, adj_h : int
        Torch7's arguments in its order, width before height: kernel, stride (1),
        padding (0), what to add at the end of each axis of y (0), less than the stride.
    kernel_size, stride, padding, output_padding, dilation : int or (int, int, int)
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
        Shape (in_channels, out_channels / groups, kt, kh, kw).
    bias, grad_bias : ndarray, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_channels, T, H, W) or (in_channels, T, H, W), y would be
        empty, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricFullConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> up = VolumetricFullConvolution(3, 2, kernel_size=2, stride=2, rng=0)
    >>> up(np.ones((5, 3, 4, 3, 2))).shape
    (5, 2, 8, 6, 4)
    """

    axes = 3

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
        adj_t=None,
        adj_w=None,
        adj_h=None,
        *,
        kernel_size=None,
        stride=None,
        padding=None,
        output_padding=None,
        dilation=None,
        groups=1,
        bias=True,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._place(
            ((kt, kh, kw), (dt, dh, dw), (pad_t, pad_h, pad_w)),
            (kernel_size, stride, padding),
            (None, dilation),
            ((adj_t, adj_h, adj_w), output_padding),
        )
        self._setup(in_channels, out_channels, groups, bias, rng)
