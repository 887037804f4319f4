"""Convolution over any number of spatial axes, and its two transposes.

What is called so is the cross-correlation, as in Torch7. With ``x[n, i]`` zero in the
padding, and p = o * stride + k * dilation - before::

    y[n, c, o]            = bias[c] + sum_{i, k} weight[c, i, k] x[n, i, p]
    dC_dx[n, i, p]        = sum_{c, k, o -> p}   weight[c, i, k] dC_dy[n, c, o]
    dC_dweight[c, i, k]   = sum_{n, o}           dC_dy[n, c, o]  x[n, i, p]
    dC_dbias[c]           = sum_{n, o}           dC_dy[n, c, o]

Each is a matrix product with the columns ``col[(i, k), (o, n)] = x[n, i, p]``, which
are made for a chunk of output positions at a time.

With G groups of channels, each output channel has weights for the input channels of
its own group only. A weight of shape (G, Co / G, Ci / G, *K) asks for that, in all
functions here, and a bias of shape (G, Co / G) goes with it.

The transposed convolution is `conv_backward`, and has `conv_forward` for its transpose.
"""

import numpy as np

from nnmods.kernels.columns import columns_of, matrix_product, plain, scatter
from nnmods.kernels.conv_bias import beside_bias
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
        Or (G, Co / G, Ci / G, *K), for G groups of channels.
    bias : ndarray, shape (Co,), or None
        Or (G, Co / G).
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
    dtype, kernel = out.dtype, weight.shape[2 - x.ndim :]
    image = padded(x, padding, work, "x", 0, dtype)
    view = _windows(image, kernel, stride, dilation, out.shape[2:])
    y = batch_last_out(out, work, "y")
    y_rows = _rows(y, weight)
    grouped = y_rows.ndim == 3
    # The bias as one more column of the weight, where columns are made anyway.
    beside = bias is not None and not grouped and not view.flags.c_contiguous
    if beside:
        weight = beside_bias(weight, bias, dtype, work)
    else:
        weight = plain(weight, dtype, work, "weight").reshape(*y_rows.shape[:-1], -1)
    for columns, col in columns_of(view, work, ones=beside):
        if grouped:
            col = col.reshape(len(weight), weight.shape[-1], -1)
        np.matmul(weight, col, out=y_rows[..., columns])
    if bias is not None and not beside:
        np.add(y_rows, bias[..., None], out=y_rows)
    write_back(y, out)
    return out


def conv_backward(dC_dy, weight, x_shape, stride, padding, dilation, out, work):
    """Write dC_dx, of shape ``x_shape`` (N, Ci, *S), to ``out`` and return it.

    The other arguments are those of `conv_forward`.
    """
    dtype, size, padding = out.dtype, x_shape[2:], pairs(padding)
    kernel = weight.shape[2 - out.ndim :]
    bordered = any(map(any, padding))
    if bordered:
        shape = (x_shape[1], *padded_shape(size, padding), x_shape[0])
        dC_dx = work("dC_dx", shape, dtype)
    else:
        dC_dx = batch_last_out(out, work, "dC_dx")
    view = _windows(dC_dx, kernel, stride, dilation, dC_dy.shape[2:])
    dC_dy = batch_last(dC_dy, work, "dC_dy", dtype)
    dy_rows = _rows(dC_dy, weight)
    if view.flags.c_contiguous and view.size == dC_dx.size:
        weight = plain(weight, dtype, work, "weight").reshape(*dy_rows.shape[:-1], -1)
        weight = weight.swapaxes(-1, -2)
        col = view.reshape(*weight.shape[:-1], -1)
        matrix_product(weight, dy_rows, col)
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

    The other arguments are those of `conv_forward`, and ``out`` may have groups too.
    """
    dtype, kernel = out.dtype, out.shape[2 - x.ndim :]
    image = padded(x, padding, work, "x", 0, dtype)
    view = _windows(image, kernel, stride, dilation, dC_dy.shape[2:])
    dC_dy = batch_last(dC_dy, work, "dC_dy", dtype)
    dy_rows = _rows(dC_dy, out)
    total = out if out.flags.c_contiguous else work("dC_dw", out.shape, dtype)
    total = total.reshape(*dy_rows.shape[:-1], -1)
    part = work("dC_dw of a chunk", total.shape, dtype)
    for columns, col in columns_of(view, work):
        if total.ndim == 3:
            col = col.reshape(len(total), total.shape[-1], -1)
        first = columns.start == 0
        slopes = dy_rows[..., columns]
        np.matmul(slopes, col.swapaxes(-1, -2), out=total if first else part)
        if not first:
            np.add(total, part, out=total)
    if not out.flags.c_contiguous:
        np.copyto(out, total.reshape(out.shape))
    return out


def channel_sum(dC_dy, out, work):
    """Write the sum of ``dC_dy`` (N, C, *S) over all but axis 1 to ``out`` (C,).

    With groups, ``out`` is (G, C / G).
    """
    rows = batch_last(dC_dy, work, "dC_dy", out.dtype)
    return np.add.reduce(rows.reshape(*out.shape, -1), axis=-1, out=out)


def _rows(y, weight):
    """Return y (Co, *O, N) as (Co, columns), or (G, Co / G, columns) with groups."""
    return y.reshape(*weight.shape[: weight.ndim - y.ndim + 1], -1)


def _windows(image, kernel, stride, dilation, count):
    """Return the windows of a padded image, after a check that there are ``count``."""
    wanted = output_size(
        image.shape[1:-1], kernel, stride, (0,) * len(kernel), dilation
    )
    check_sizes("output", count, wanted)
    return windows(image, kernel, stride, dilation, count)
