"""What `conv_weight_grad` sums over a batch, before the sum.

With the columns of one example, ``col`` (Ci / G * K, L) for L positions, and its
``dC_dy`` (Co / G, L), in each of G groups::

    dC_dweight = dC_dy @ col.T

The examples are taken a few at a time, so that their columns stay in the cache.
"""

from math import prod

import numpy as np

from nnmods.kernels.conv_local import unfold
from nnmods.kernels.example_products import product_sq_norms
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share

#: Entries of the columns that are made at a time.
ENTRIES = 1 << 18


def conv_example_grads(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight of each example to ``out`` and return it.

    Parameters
    ----------
    x, dC_dy : ndarray, shapes (N, Ci, *S) and (N, Co, *O)
    stride, padding, dilation : tuple of int
        As of `conv_forward`.
    out : ndarray, shape (N, Co, Ci, *K)
        Of any strides; or (N, G, Co / G, Ci / G, *K), for G groups of channels.
    """

    def write(part, slopes, col):
        grads = np.matmul(slopes, col.swapaxes(-1, -2))
        place = out[part]
        np.copyto(place, grads.reshape(place.shape), casting="same_kind")

    _visit(x, dC_dy, stride, padding, dilation, out.shape[1:], write)
    return out


def conv_example_sq_norms(x, dC_dy, stride, padding, dilation, shape):
    """Return the squared norms of the same, (N,).

    The arguments are those of `conv_example_grads`, and ``shape`` that of the weight.
    """
    out = np.empty(len(x), np.result_type(x, dC_dy))

    def write(part, slopes, col):
        matrices = (a.reshape(-1, *a.shape[2:]).swapaxes(1, 2) for a in (slopes, col))
        norms = product_sq_norms(*matrices)
        out[part] = norms.reshape(slopes.shape[:2]).sum(axis=1)

    _visit(x, dC_dy, stride, padding, dilation, shape, write)
    return out


def _visit(x, dC_dy, stride, padding, dilation, shape, write):
    """Call ``write(part, slopes, col)`` for a few examples at a time.

    ``part`` is a slice of the batch; slopes (n, G, Co / G, L) and col (n, G, R, L).
    """
    N, channels, *size = x.shape
    kernel, count = shape[-len(size) :], dC_dy.shape[2:]
    groups = shape[0] if len(shape) == len(size) + 3 else 1
    rows, positions = channels // groups * prod(kernel), prod(count)
    n = max(ENTRIES // max(groups * rows * positions, 1), 1)
    starts = range(0, N, n)
    slopes = dC_dy.reshape(N, groups, dC_dy.shape[1] // groups, positions)

    def task(lane):
        with scratch() as work:
            for start in starts[share(len(starts), lanes, lane)]:
                part = slice(start, min(start + n, N))
                some = x[part]
                images = some.reshape(1, len(some) * channels, *size)
                view = unfold(
                    images, kernel, stride, padding, dilation, count, x.dtype, work
                )
                col = view.reshape(len(some), groups, rows, positions)
                write(part, slopes[part], col)

    lanes = lanes_for(products=N * dC_dy.shape[1] * rows * positions)
    in_lanes(task, lanes)
