"""SpatialSubSampling: sums of windows of images, with a weight for each channel."""

from nnmods.layers.pooling.sub_sampling import SubSampling


class SpatialSubSampling(SubSampling):
    """Sum of each window times a weight, plus a bias, for each channel.

    ::

        s[n, c, o]      = sum_k x[n, c, o * stride + k]
        y               = weight[c] * s + bias[c]
        dC_dx[n, c, p]  = weight[c] * sum of dC_dy[n, c, o] over the windows that hold p
        grad_weight[c] += scale * sum_no dC_dy[n, c, o] * s[n, c, o]
        grad_bias[c]   += scale * sum_no dC_dy[n, c, o]

    Parameters
    ----------
    n_input_plane : int
        The number of channels.
    kw, kh, dw, dh : int
        Torch7's arguments in its order, width first: kernel, stride (1).
    kernel_size, stride : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(kw kh).

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray, shape (n_input_plane,)

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or smaller than a window, or
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied
           to document recognition", 1998, section II.B, in the form of Torch7.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialSubSampling(3, 2, 2, 2, 2, rng=0)(np.ones((5, 3, 6, 4))).shape
    (5, 3, 3, 2)
    """

    axes = 2

    def __init__(
        self,
        n_input_plane,
        kw=None,
        kh=None,
        dw=None,
        dh=None,
        *,
        kernel_size=None,
        stride=None,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._setup(n_input_plane, ((kh, kw), (dh, dw)), (kernel_size, stride), rng)
