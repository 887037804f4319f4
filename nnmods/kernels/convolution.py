"""Convolution over any number of spatial axes, and its two transposes.

What is called so is the cross-correlation, as in Torch7. With ``x[n, i]`` zero in the
padding, and p = o * stride + k * dilation - before::

    y[n, c, o]            = bias[c] + sum_{i, k} weight[c, i, k] x[n, i, p]
    dC_dx[n, i, p]        = sum_{c, k, o -> p}   weight[c, i, k] dC_dy[n, c, o]
    dC_dweight[c, i, k]   = sum_{n, o}           dC_dy[n, c, o]  x[n, i, p]
    dC_dbias[c]           = sum_{n, o}           dC_dy[n, c, o]

Each is a matrix product with the columns ``col[(i, k), (o, n)] = x[n, i, p]``, which
are made for a chunk of output positions at a time.
"""

import numpy as np

from nnmods.kernels.columns import columns_of, plain, scatter
from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    interior,
    padded,
    padded_shape,
    pairs,
    rolled,
    write_back,
)
from nnmods.kernels.windows import check_sizes, output_size, windows


def conv_forward(x, weight, bias, stride, padding, dilation, out, work):
    """Write the convolution of ``x`` to ``out`` and return it.

    Parameters
    ----------
    x : ndarray, shape (N, Ci, *S)
    weight : ndarray, shape (Co, Ci, *K)
    bias : ndarray, shape (Co,), or None
    stride, dilation : tuple of int
        One entry for each spatial axis.
    padding : tuple of int or of pairs (before, after)
    out : ndarray, shape (N, Co, *O)
        Of the result dtype, which all is computed in; fastest in batch-last memory.
    work : Workspace

    Raises
    ------
    ValueError
        If O is not what the sizes give, or not positive.
    """
    dtype = out.dtype
    image = padded(x, padding, work, "x", 0, dtype)
    view = _windows(image, weight.shape[2:], stride, dilation, out.shape[2:])
    y = batch_last_out(out, work, "y")
    y_rows = y.reshape(len(y), -1)
    direct = view.flags.c_contiguous
    if direct or bias is None:
        weight = plain(weight, dtype, work, "weight").reshape(len(weight), -1)
    else:
        weight = _beside(weight, bias, dtype, work)
    for columns, col in columns_of(view, work, ones=bias is not None):
        np.matmul(weight, col, out=y_rows[:, columns])
    if direct and bias is not None:
        np.add(y_rows, bias[:, None], out=y_rows)
    write_back(y, out)
    return out


def conv_backward(dC_dy, weight, x_shape, stride, padding, dilation, out, work):
    """Write dC_dx, of shape ``x_shape`` (N, Ci, *S), to ``out`` and return it.

    The other arguments are those of `conv_forward`.
    """
    dtype, size, padding = out.dtype, x_shape[2:], pairs(padding)
    kernel = weight.shape[2:]
    bordered = any(map(any, padding))
    if bordered:
        shape = (x_shape[1], *padded_shape(size, padding), x_shape[0])
        dC_dx = work("dC_dx", shape, dtype)
    else:
        dC_dx = batch_last_out(out, work, "dC_dx")
    view = _windows(dC_dx, kernel, stride, dilation, dC_dy.shape[2:])
    dC_dy = batch_last(dC_dy, work, "dC_dy", dtype)
    dy_rows = dC_dy.reshape(len(dC_dy), -1)
    if view.flags.c_contiguous and view.size == dC_dx.size:
        weight = plain(weight, dtype, work, "weight").reshape(len(weight), -1)
        np.matmul(weight.T, dy_rows, out=view.reshape(weight.shape[1], -1))
    else:
        dC_dx.fill(0)
        scatter(weight, dy_rows, view, work)
    if bordered:
        np.copyto(rolled(out), dC_dx[interior(size, padding)])
    else:
        write_back(dC_dx, out)
    return out


def conv_weight_grad(x, dC_dy, stride, padding, dilation, out, work):
    """Write dC_dweight to ``out`` (Co, Ci, *K) and return it.

    The other arguments are those of `conv_forward`.
    """
    dtype = out.dtype
    image = padded(x, padding, work, "x", 0, dtype)
    view = _windows(image, out.shape[2:], stride, dilation, dC_dy.shape[2:])
    dC_dy = batch_last(dC_dy, work, "dC_dy", dtype)
    dy_rows = dC_dy.reshape(len(dC_dy), -1)
    total = out if out.flags.c_contiguous else work("dC_dw", out.shape, dtype)
    total = total.reshape(len(out), -1)
    part = work("dC_dw of a chunk", total.shape, dtype)
    for columns, col in columns_of(view, work):
        first = columns.start == 0
        np.matmul(dy_rows[:, columns], col.T, out=total if first else part)
        if not first:
            np.add(total, part, out=total)
    if not out.flags.c_contiguous:
        np.copyto(out, total.reshape(out.shape))
    return out


def channel_sum(dC_dy, out, work):
    """Write the sum of ``dC_dy`` (N, C, *S) over all but axis 1 to ``out`` (C,)."""
    rows = batch_last(dC_dy, work, "dC_dy", out.dtype)
    return np.add.reduce(rows.reshape(len(rows), -1), axis=1, out=out)


def _windows(image, kernel, stride, dilation, count):
    """Return the windows of a padded image, after a check that there are ``count``."""
    wanted = output_size(
        image.shape[1:-1], kernel, stride, (0,) * len(kernel), dilation
    )
    check_sizes("output", count, wanted)
    return windows(image, kernel, stride, dilation, count)


def _beside(weight, bias, dtype, work):
    """Return the matrix (Co, Ci * K + 1) of the weight, and last the bias."""
    length = weight[0].size
    both = work("weight and bias", (len(weight), length + 1), dtype)
    part = both[:, :length]
    np.copyto(part.reshape(weight.shape), weight)
    np.copyto(both[:, length], bias)
    return both
