"""TemporalRowConvolution: each feature of a sequence convolved alone."""

from math import prod

from nnmods.core import check
from nnmods.layers.convolution.convolution import Convolution
from nnmods.layers.geometry import shown


class TemporalRowConvolution(Convolution):
    """Convolution of each feature of a sequence alone, along its frames.

    With ``x`` zero in the padding, ``p = o * stride + k * dilation - padding``::

        y[n, o, f]            = bias[f] + sum_k weight[f, 0, k] x[n, p, f]
        dC_dx[n, p, f]        = sum_ko          weight[f, 0, k] dC_dy[n, o, f]
        grad_weight[f, 0, k] += scale * sum_no  dC_dy[n, o, f] x[n, p, f]
        grad_bias[f]         += scale * sum_no  dC_dy[n, o, f]

    Parameters
    ----------
    input_frame_size : int
        The features of a frame, of x and of y.
    kw, dw : int
        Torch7's arguments: kernel and stride (1), in frames.
    feat_first : bool, default=False
        Whether features come before frames: arrays (N, input_frame_size, T).
    kernel_size, stride, padding, dilation : int
        The same by keyword, padding at both ends (0), and dilation (1).
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(input_frame_size * kw).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (input_frame_size, 1, kw)
    bias, grad_bias : ndarray, shape (input_frame_size,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, T, input_frame_size) or (T, input_frame_size), the last two
        exchanged with ``feat_first``, is shorter than a window, or ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    .. [1] D. Amodei et al., "Deep Speech 2", ICML 2016, section 3.6; Torch7, nn,
           ``TemporalRowConvolution``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = TemporalRowConvolution(4, 2, rng=0)
    >>> conv
    TemporalRowConvolution(4, 2)
    >>> conv.weight.shape, conv(np.ones((5, 9, 4))).shape
    ((4, 1, 2), (5, 8, 4))
    """

    axes = 1

    def __init__(
        self,
        input_frame_size,
        kw=None,
        dw=None,
        feat_first=None,
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
        self.feat_first = bool(feat_first)
        self._place(
            ((kw,), (dw,), (None,)),
            (kernel_size, stride, padding),
            (None, dilation),
        )
        groups = input_frame_size
        self._setup(input_frame_size, input_frame_size, groups, bias, rng)

    def forward(self, x):
        self.y = self._turned(super().forward(self._rows("x", x)))
        return self.y

    def backward(self, x, dC_dy):
        x, dC_dy = self._row_pair(x, dC_dy)
        self.dC_dx = self._turned(super().backward(x, dC_dy))
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(*self._row_pair(x, dC_dy), scale)

    def per_example_grads(self, x, dC_dy):
        return super().per_example_grads(*self._row_pair(x, dC_dy))

    def per_example_sq_norms(self, x, dC_dy):
        return super().per_example_sq_norms(*self._row_pair(x, dC_dy))

    def jvp(self, x, dx, dparams=None):
        rows = self._rows("x", x)
        check(self, "dx", dx, x.shape)
        return self._turned(super().jvp(rows, self._turned(dx), dparams))

    def _turned(self, x):
        """Return ``x`` with features and frames exchanged, unless features come first.

        It is a view, and what turns our layout into that of the kernels turns it back.
        """
        return x if self.feat_first else x.swapaxes(-1, -2)

    def _rows(self, name, x):
        """Return the view (F, T) or (N, F, T) of ``x``, after a check of its shape."""
        lengths = self._layout(None)
        single = getattr(x, "ndim", None) == 2
        check(self, name, x, lengths if single else (None, *lengths))
        return self._turned(x)

    def _row_pair(self, x, dC_dy):
        x = self._rows("x", x)
        batch = x.shape if x.ndim == 3 else (1, *x.shape)
        N, _, frames = self.output_shape(batch)
        lengths = self._layout(frames)
        check(self, "dC_dy", dC_dy, (N, *lengths) if x.ndim == 3 else lengths)
        return x, self._turned(dC_dy)

    def _layout(self, frames):
        """Return the shape of one sample."""
        features = self.in_channels
        return (features, frames) if self.feat_first else (frames, features)

    def _fan_in(self):
        return prod(self.kernel_size) * self.in_channels

    def _filters(self, weight):
        return weight[:, None]  # a group for each feature

    def __repr__(self):
        geometry = shown(self.kernel_size, *self._geometry())
        first = ", feat_first=True" if self.feat_first else ""
        bias = "" if self.bias is not None else ", bias=False"
        return f"TemporalRowConvolution({self.in_channels}, {geometry}{first}{bias})"
