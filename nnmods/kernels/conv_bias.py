"""The bias of a convolution: added to y, or beside the weight in one matrix."""

import numpy as np

from nnmods.kernels.threads import in_lanes, lanes_for, share


def add_bias(y, bias):
    """Add ``bias``, of C entries, to the channels of ``y`` (C, *S, N), in lanes."""
    bias = bias.reshape(-1)
    lanes = min(lanes_for(bytes_moved=2 * y.nbytes), max(len(y), 1))
    column = bias.reshape(-1, *(1,) * (y.ndim - 1))

    def task(lane):
        part = share(len(y), lanes, lane)
        np.add(y[part], column[part], out=y[part])

    in_lanes(task, lanes)


def beside_bias(weight, bias, work):
    """Return the matrix (Co, Ci * K + 1) of ``weight`` (Co, Ci * K), and last the bias.

    The product with columns and a row of ones below them then has the bias in it: added
    to a part of y it would go through buffers that NumPy allocates for each call.
    """
    Co, length = weight.shape
    both = work("weight and bias", (Co, length + 1), weight.dtype)
    both[:, :length], both[:, length] = weight, bias
    return both
