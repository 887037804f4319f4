"""TemporalConvolution: weighted windows of sequences."""

from nnmods.core import check
from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.convolution.unfolded import Unfolded


class TemporalConvolution(Unfolded, Convolution):
    """Convolution along a sequence of frames: (T, features) or batches of it.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``; a row
    of the weight holds kw frames one after another, ``weight[c, (k, i)]``::

        y[n, o, c]              = bias[c] + sum_ki weight[c, (k, i)] x[n, p, i]
        dC_dx[n, p, i]          = sum_cko          weight[c, (k, i)] dC_dy[n, o, c]
        grad_weight[c, (k, i)] += scale * sum_no   dC_dy[n, o, c] x[n, p, i]
        grad_bias[c]           += scale * sum_no   dC_dy[n, o, c]

    Parameters
    ----------
    input_frame_size, output_frame_size : int
        The features of a frame of x and of y.
    kw, dw : int
        Torch7's arguments: kernel and stride (1), in frames.
    kernel_size, stride, padding, dilation : int
        The same by keyword, padding at both ends (0), and dilation (1).
    groups : int, default=1
        Into how many groups the channels of x and of y are cut; an output channel has
        weights for the input channels of its own group only.
    bias : bool, default=True
    algorithm : {"auto", "direct"}, default="auto"
        Whether kernels of 3 and 5 may go by Winograd's tiles, and those of 100 entries
        or more by the Fourier transform, as in `SpatialConvolution`.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(input_frame_size / groups * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray
        Shape (output_frame_size, kw * input_frame_size / groups).
    bias, grad_bias : ndarray, shape (output_frame_size,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, T, input_frame_size) or (T, input_frame_size), is shorter
        than a window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``TemporalConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = TemporalConvolution(4, 3, 2, rng=0)
    >>> conv.weight.shape, conv(np.ones((5, 9, 4))).shape
    ((3, 8), (5, 8, 3))
    """

    axes = 1

    def __init__(
        self,
        input_frame_size,
        output_frame_size,
        kw=None,
        dw=None,
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
        self._place(
            ((kw,), (dw,), (None,)),
            (kernel_size, stride, padding),
            (None, dilation),
        )
        self._setup(input_frame_size, output_frame_size, groups, bias, rng, algorithm)

    def forward(self, x):
        self.y = _turned(super().forward(self._channels_first("x", x)))
        return self.y

    def backward(self, x, dC_dy):
        x, dC_dy = self._pair(x, dC_dy)
        self.dC_dx = _turned(super().backward(x, dC_dy))
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(*self._pair(x, dC_dy), scale)

    def per_example_grads(self, x, dC_dy):
        return super().per_example_grads(*self._pair(x, dC_dy))

    def per_example_sq_norms(self, x, dC_dy):
        return super().per_example_sq_norms(*self._pair(x, dC_dy))

    def kronecker_inputs(self, x):
        return super().kronecker_inputs(self._channels_first("x", x))

    def kronecker_outputs(self, dC_dy):
        return super().kronecker_outputs(_turned(dC_dy))

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, getattr(x, "shape", (...,)))
        x = self._channels_first("x", x)
        return _turned(super().jvp(x, _turned(dx), dparams))

    def _channels_first(self, name, x):
        """Return the view (C, T) or (N, C, T) of ``x``, after a check of its shape."""
        lengths = None, self.in_channels
        single = getattr(x, "ndim", None) == 2
        check(self, name, x, lengths if single else (None, *lengths))
        return _turned(x)

    def _pair(self, x, dC_dy):
        x = self._channels_first("x", x)
        N, C, T = self.output_shape(x.shape if x.ndim == 3 else (1, *x.shape))
        check(self, "dC_dy", dC_dy, (N, T, C) if x.ndim == 3 else (T, C))
        return x, _turned(dC_dy)

    def _weight_shape(self):
        rows, features, kw = super()._weight_shape()
        return rows, kw * features

    def _filters(self, weight):
        rows, features, kw = super()._weight_shape()
        return super()._filters(weight.reshape(rows, kw, features).swapaxes(1, 2))


def _turned(x):
    """Return the view with time and features exchanged."""
    return x.swapaxes(-1, -2)
