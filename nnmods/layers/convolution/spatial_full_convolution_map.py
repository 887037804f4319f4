"""SpatialFullConvolutionMap: full convolution of chosen pairs of image planes."""

from nnmods.kernels.conv_bias import add_bias
from nnmods.kernels.convolution import (
    conv_backward,
    conv_forward,
    conv_weight_grad,
)
from nnmods.kernels.layout import rolled
from nnmods.layers.convolution.mapped_convolution import MappedConvolution


class SpatialFullConvolutionMap(MappedConvolution):
    """Transposed convolution of the pairs of planes in a connection table.

    With connection j from input ``i_j`` to output ``c_j``, ``p = o * stride + k``::

        y[n, c, p]         = bias[c] + sum_{j: c_j = c, k, o} weight[j, k] x[n, i_j, o]
        dC_dx[n, i, o]     = sum_{j: i_j = i, k} weight[j, k] dC_dy[n, c_j, p]
        grad_weight[j, k] += scale * sum_no      dC_dy[n, c_j, p] x[n, i_j, o]
        grad_bias[c]      += scale * sum_np      dC_dy[n, c, p]

    Torch7's own takes one sample at a time, this one batches too. Planes beyond the
    table's last input are idle.

    Parameters
    ----------
    conn_table : array_like of int, shape (connections, 2)
        Pairs (input, output), counted from 0; `nnmods.tables` makes some. The largest
        tell how many planes there are.
    kw, kh, dw, dh : int
        Torch7's arguments in its order, width first: kernel, stride (1). Without
        ``kh`` the kernel is square.
    kernel_size, stride : int or (int, int)
        The same by keyword, in the order of the axes: height, width.
    bias : bool, default=True
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(inputs of the output * kh * kw).

    Attributes
    ----------
    conn_table : ndarray of int, shape (connections, 2)
    weight, grad_weight : ndarray, shape (connections, kh, kw)
    bias, grad_bias : ndarray, shape (outputs,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W) with at least the table's inputs, has
        no pixels, or ``dC_dy`` is not shaped like ``y``.
    TypeError
        If the table is not of integers.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialFullConvolutionMap``.

    Examples
    --------
    >>> import numpy as np
    >>> up = SpatialFullConvolutionMap([(0, 0), (1, 0), (1, 1)], 3, 3, 2, 2, rng=0)
    >>> up
    SpatialFullConvolutionMap(2 -> 2, 3x3, stride=2, 3 connections)
    >>> up(np.ones((5, 2, 4, 3))).shape
    (5, 2, 9, 7)
    """

    _transposed = True

    def __init__(
        self,
        conn_table,
        kw=None,
        kh=None,
        dw=None,
        dh=None,
        *,
        kernel_size=None,
        stride=None,
        bias=True,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._place(
            ((kh, kw), (dh, dw), (None, None)),
            (kernel_size, stride, None),
            (None, None),
        )
        self._connect(conn_table, bias, rng)

    def output_shape(self, shape):
        sizes = zip(shape[2:], self.stride, self.kernel_size, strict=True)
        if min(shape[2:]) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, "
                "expected at least 1 along each axis"
            )
        return shape[0], self.out_channels, *((n - 1) * s + k for n, s, k in sizes)

    def _apply(self, x, weight, bias, out):
        weight = self._filters(weight)
        conv_backward(x, weight, out.shape, *self._geometry(), out, self.algorithm)
        if bias is not None:
            add_bias(rolled(out), bias)

    def _input_grad(self, dC_dy, out):
        weight = self._filters(self.weight)
        conv_forward(dC_dy, weight, None, *self._geometry(), out, self.algorithm)

    def _ordered(self, x, dC_dy):
        return dC_dy, x

    def _weight_grad(self, x, dC_dy, out):
        conv_weight_grad(dC_dy, x, *self._geometry(), out, self.algorithm)
