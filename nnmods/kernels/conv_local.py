"""Windows of an image taken out and added up again, and weights of their own for each.

With C channels, taps k of K and positions o of O, ``x`` zero in the padding, and
p = o * stride + k * dilation - before::

    unfold:  col[c, k, o, n] = x[n, c, p]
    fold:    x[n, c, p]      = sum_{k, o -> p} col[c, k, o, n]

Each is the transpose of the other. Local convolution multiplies the columns of each
position by a matrix of its own: weight (*O, Co, C, *K), bias (Co, *O).
"""

from itertools import product
from math import prod

import numpy as np

from nnmods.kernels.columns import plain
from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    frame,
    padded,
    pairs,
    rolled,
    write_back,
)
from nnmods.kernels.windows import windows


def unfold(x, kernel, stride, padding, dilation, count, dtype, work):
    """Return the columns of ``x`` (N, C, *S): a strided view (C, *K, *O, N).

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    kernel, stride, dilation, count : tuple of int
        One entry for each spatial axis; ``count`` is O, the number of windows.
    padding : tuple of int or of pairs (before, after)
    dtype : numpy dtype
        Of the result.
    work : Workspace
    """
    image = padded(x, padding, work, "x", 0, dtype)
    return windows(image, kernel, stride, dilation, count)


def fold(col, stride, padding, dilation, out, work):
    """Write the sum of the columns at each position to ``out`` and return it.

    Parameters
    ----------
    col : ndarray, shape (C, *K, *O, N)
        Of any strides; of the dtype of ``out``.
    stride, dilation : tuple of int
    padding : tuple of int or of pairs (before, after)
        What falls there is dropped.
    out : ndarray, shape (N, C, *S)
    work : Workspace
    """
    axes, padding = out.ndim - 2, pairs(padding)
    kernel, count = col.shape[1 : 1 + axes], col.shape[1 + axes : -1]
    bordered = any(map(any, padding))
    if bordered:
        size, inside, _ = frame(out.shape[2:], padding)
        image = work("image", (out.shape[1], *size, out.shape[0]), out.dtype)
    else:
        image = batch_last_out(out, work, "image")
    image.fill(0)
    view = windows(image, kernel, stride, dilation, count)
    for tap in product(*map(range, kernel)):  # windows of one tap do not overlap
        place = view[(slice(None), *tap)]
        np.add(place, col[(slice(None), *tap)], out=place)
    if bordered:
        np.copyto(rolled(out), image[inside])
    else:
        write_back(image, out)
    return out


def local_forward(x, weight, bias, stride, padding, dilation, out, work):
    """Write the local convolution of ``x`` (N, C, *S) to ``out`` (N, Co, *O)."""
    col = _columns(x, weight.shape, stride, padding, dilation, out.dtype, work)
    matrices = _matrices(weight, out, work)
    y = work("y by position", (*matrices.shape[:2], len(x)), out.dtype)
    np.matmul(matrices, col, out=y)
    y_last = rolled(out)  # (Co, *O, N)
    y = np.moveaxis(y.reshape(*y_last.shape[1:-1], *y.shape[1:]), -2, 0)
    if bias is None:
        np.copyto(y_last, y)
    else:
        np.add(y, bias[..., None], out=y_last)
    return out


def local_backward(dC_dy, weight, stride, padding, dilation, out, work):
    """Write dC_dx, the transpose, to ``out`` (N, C, *S)."""
    axes = out.ndim - 2
    slopes = _slopes(dC_dy, out.dtype, work)
    count, rows = weight.shape[:axes], weight.shape[axes + 1 :]
    col = work("columns", (*count, *rows, len(dC_dy)), out.dtype)
    matrices = _matrices(weight, out, work).swapaxes(-1, -2)
    np.matmul(matrices, slopes, out=col.reshape(len(slopes), prod(rows), len(dC_dy)))
    return fold(_positions_last(col, axes), stride, padding, dilation, out, work)


def local_weight_grad(x, dC_dy, stride, padding, dilation, out, work):
    """Write dC_dweight to ``out`` (*O, Co, C, *K), which is in C order."""
    col = _columns(x, out.shape, stride, padding, dilation, out.dtype, work)
    slopes = _slopes(dC_dy, out.dtype, work)
    total = out.reshape(*slopes.shape[:2], col.shape[1])
    np.matmul(slopes, col.swapaxes(-1, -2), out=total)
    return out


def local_example_grads(x, dC_dy, stride, padding, dilation, out, work):
    """Write dC_dweight of each example to ``out`` (N, *O, Co, C, *K), in C order."""
    col = _columns(x, out.shape[1:], stride, padding, dilation, out.dtype, work)
    slopes = _slopes(dC_dy, out.dtype, work)
    total = out.reshape(len(x), *slopes.shape[:2], col.shape[1])
    np.einsum("ocn,okn->nock", slopes, col, out=total)
    return out


def local_example_sq_norms(x, dC_dy, stride, padding, dilation, shape, work):
    """Return the squared norms of the same, (N,), for a weight of this shape."""
    dtype = np.result_type(x, dC_dy)
    col = _columns(x, shape, stride, padding, dilation, dtype, work)
    slopes = _slopes(dC_dy, dtype, work)
    squares = (np.einsum("okn,okn->on", a, a) for a in (col, slopes))
    return np.einsum("on,on->n", *squares)


def _columns(x, weight_shape, stride, padding, dilation, dtype, work):
    """Return the matrices (O, C * K, N) of what each position sees."""
    axes = x.ndim - 2
    count, kernel = weight_shape[:axes], weight_shape[-axes:]
    view = unfold(x, kernel, stride, padding, dilation, count, dtype, work)
    col = work("columns", (*count, *view.shape[: axes + 1], len(x)), dtype)
    np.copyto(_positions_last(col, axes), view)
    return col.reshape(prod(count), prod(view.shape[: axes + 1]), len(x))


def _positions_last(col, axes):
    """Return the view (C, *K, *O, N) of columns (*O, C, *K, N)."""
    positions, rest = range(axes), range(axes, 2 * axes + 1)
    return col.transpose(*rest, *positions, 2 * axes + 1)


def _matrices(weight, out, work):
    """Return the weight as matrices (O, Co, C * K), of the dtype of ``out``."""
    axes = out.ndim - 2
    shape = (
        prod(weight.shape[:axes]),
        weight.shape[axes],
        prod(weight.shape[axes + 1 :]),
    )
    return plain(weight, out.dtype, work, "weight").reshape(shape)


def _slopes(dC_dy, dtype, work):
    """Return dC_dy (N, Co, *O) as matrices (O, Co, N)."""
    N, channels, *count = dC_dy.shape
    rows = batch_last(dC_dy, work, "dC_dy", dtype).reshape(channels, prod(count), N)
    slopes = work("dC_dy by position", (prod(count), channels, N), dtype)
    np.copyto(slopes, rows.swapaxes(0, 1))
    return slopes
