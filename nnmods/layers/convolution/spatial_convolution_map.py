"""SpatialConvolutionMap: convolution of chosen pairs of image planes."""

from nnmods.kernels.convolution import conv_backward, conv_weight_grad
from nnmods.layers.convolution.mapped_convolution import MappedConvolution


class SpatialConvolutionMap(MappedConvolution):
    """Convolution over two axes of the pairs of planes in a connection table.

    With connection j from input ``i_j`` to output ``c_j``, ``p = o * stride + k``::

        y[n, c, o]         = bias[c] + sum_{j: c_j = c, k} weight[j, k] x[n, i_j, p]
        dC_dx[n, i, p]     = sum_{j: i_j = i, k, o} weight[j, k] dC_dy[n, c_j, o]
        grad_weight[j, k] += scale * sum_no         dC_dy[n, c_j, o] x[n, i_j, p]
        grad_bias[c]      += scale * sum_no         dC_dy[n, c, o]

    Rows and columns of the image beyond the last window are idle, and so are planes
    beyond the table's last input; Torch7's own writes out of bounds at some of these.

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
        If ``x`` is not (N, C, H, W) or (C, H, W) with at least the table's inputs, is
        smaller than a window, or ``dC_dy`` is not shaped like ``y``.
    TypeError
        If the table is not of integers.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialConvolutionMap``.

    Examples
    --------
    >>> import numpy as np
    >>> conv = SpatialConvolutionMap([(0, 0), (1, 0), (1, 1)], 3, 3, rng=0)
    >>> conv
    SpatialConvolutionMap(2 -> 2, 3x3, 3 connections)
    >>> conv(np.ones((5, 2, 8, 6))).shape
    (5, 2, 6, 4)
    """

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

    def _input_grad(self, dC_dy, out):
        weight = self._filters(self.weight)
        conv_backward(dC_dy, weight, out.shape, *self._geometry(), out, self.algorithm)

    def _weight_grad(self, x, dC_dy, out):
        conv_weight_grad(x, dC_dy, *self._geometry(), out, self.algorithm)
