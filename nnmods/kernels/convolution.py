"""Convolution over any number of spatial axes, and its two transposes.

What is called so is the cross-correlation, as in Torch7. With ``x[n, i]`` zero in the
padding, and p = o * stride + k * dilation - before::

    y[n, c, o]            = bias[c] + sum_{i, k} weight[c, i, k] x[n, i, p]
    dC_dx[n, i, p]        = sum_{c, k, o -> p}   weight[c, i, k] dC_dy[n, c, o]
    dC_dweight[c, i, k]   = sum_{n, o}           dC_dy[n, c, o]  x[n, i, p]
    dC_dbias[c]           = sum_{n, o}           dC_dy[n, c, o]

`nnmods.kernels.conv_choice` says which algorithm computes them.

With G groups of channels, each output channel has weights for the input channels of
its own group only. A weight of shape (G, Co / G, Ci / G, *K) asks for that, in all
functions here, and a bias of shape (G, Co / G) goes with it.

The transposed convolution is `conv_backward`, and has `conv_forward` for its transpose.
"""

import numpy as np

from nnmods.kernels import conv_columns
from nnmods.kernels.blocks import row_sums
from nnmods.kernels.conv_choice import adds_up, algorithm_for
from nnmods.kernels.conv_phases import phases
from nnmods.kernels.conv_scatter import scatter
from nnmods.kernels.layout import batch_last, pairs
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.kernels.windows import check_sizes, output_size


def conv_forward(
    x, weight, bias, stride, padding, dilation, out, algorithm="auto", finish=None
):
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
    algorithm : {"auto", "direct"}, default="auto"
        Whether products may be saved at the price of some rounding.
    finish : callable, default=None
        Writes over each part of the result, while that is in the processor's cache.

    Raises
    ------
    ValueError
        If O is not what the sizes give, or not positive.
    """
    padding = pairs(padding)
    _check(x.shape, weight, stride, padding, dilation, out.shape)
    _forward(x, weight, bias, stride, padding, dilation, out, algorithm, finish)
    return out


def conv_backward(
    dC_dy, weight, x_shape, stride, padding, dilation, out, algorithm="auto"
):
    """Write dC_dx, of shape ``x_shape`` (N, Ci, *S), to ``out`` and return it.

    The other arguments are those of `conv_forward`.
    """
    padding = pairs(padding)
    _check(x_shape, weight, stride, padding, dilation, dC_dy.shape)
    axes = out.ndim - 2
    kernel, ones = weight.shape[-axes:], (1,) * axes
    transposed = weight.swapaxes(-axes - 1, -axes - 2)
    by = algorithm_for(transposed, stride, out, algorithm)
    if by is conv_columns and adds_up(weight, out):
        scatter(dC_dy, weight, stride, padding, dilation, out)
        return out
    for places, taps, borders, steps in phases(
        x_shape[2:], kernel, stride, padding, dilation, dC_dy.shape[2:]
    ):
        part = out[(slice(None), slice(None), *places)]
        if taps is None:
            part.fill(0)
        else:
            some = transposed[(..., *taps)]
            _forward(dC_dy, some, None, ones, borders, steps, part, algorithm)
    return out


def conv_weight_grad(x, dC_dy, stride, padding, dilation, out, algorithm="auto"):
    """Write dC_dweight to ``out`` (Co, Ci, *K) and return it.

    The other arguments are those of `conv_forward`, and ``out`` may have groups too.
    """
    padding = pairs(padding)
    _check(x.shape, out, stride, padding, dilation, dC_dy.shape)
    by = algorithm_for(out, stride, dC_dy, algorithm)
    by.weight_grad(x, dC_dy, stride, padding, dilation, out)
    return out


def channel_sum(dC_dy, out):
    """Write the sum of ``dC_dy`` (N, C, *S) over all but axis 1 to ``out`` (C,).

    With groups, ``out`` is (G, C / G).
    """
    with scratch() as work:
        rows = batch_last(dC_dy, work, "dC_dy", out.dtype)
        rows = rows.reshape(out.size, -1)
        sums = work("sums", (out.size,), out.dtype)
        lanes = lanes_for(bytes_moved=rows.nbytes)

        def task(lane):
            part = share(len(rows), lanes, lane)
            row_sums(rows[part], sums[part])

        in_lanes(task, lanes)
        np.copyto(out, sums.reshape(out.shape))
    return out


def _forward(x, weight, bias, stride, padding, dilation, out, algorithm, finish=None):
    by = algorithm_for(weight, stride, out, algorithm)
    by.forward(x, weight, bias, stride, padding, dilation, out, finish)


def _check(x_shape, weight, stride, padding, dilation, y_shape):
    """Raise unless y has as many positions as there are windows."""
    kernel = weight.shape[2 - len(x_shape) :]
    wanted = output_size(x_shape[2:], kernel, stride, padding, dilation)
    check_sizes("output", y_shape[2:], wanted)
