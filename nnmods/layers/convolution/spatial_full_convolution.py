"""SpatialFullConvolution: images spread by weighted windows."""

from nnmods.layers.convolution.full_convolution import FullConvolution


class SpatialFullConvolution(FullConvolution):
    """Full (transposed, up-sampling) convolution over two axes.

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
    kw, kh, dw, dh, pad_w, pad_h, adj_w, adj_h : int
        Torch7's arguments in its order, width first: kernel, stride (1), padding
        (0), rows and columns to add at the end of y (0), less than the stride.
    kernel_size, stride, padding, output_padding, dilation : int or (int, int)
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
    weight, grad_weight : ndarray, shape (in_channels, out_channels / groups, kh, kw)
    bias, grad_bias : ndarray, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_channels, H, W) or (in_channels, H, W), y would be empty,
        or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialFullConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> up = SpatialFullConvolution(3, 2, 4, 4, 2, 2, 1, 1, rng=0)
    >>> up(np.ones((5, 3, 8, 6))).shape
    (5, 2, 16, 12)
    >>> up([np.ones((5, 3, 8, 6)), np.ones((5, 1, 17, 12))]).shape
    (5, 2, 17, 12)
    """

    axes = 2

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
            ((kh, kw), (dh, dw), (pad_h, pad_w)),
            (kernel_size, stride, padding),
            (None, dilation),
            ((adj_h, adj_w), output_padding),
        )
        self._setup(in_channels, out_channels, groups, bias, rng)
