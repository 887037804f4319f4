"""The bias of a convolution: added to y, or beside the weight in one matrix."""

import numpy as np

from nnmods.kernels.blocks import cut_for, each


def add_bias(y, bias, finish=None):
    """Add ``bias``, of C entries, to the channels of ``y`` (C, *S, N), in lanes.

    ``finish`` writes over each block of channels after that.
    """
    column = bias.reshape(-1, *(1,) * (y.ndim - 1))

    def task(channels, lane):
        part = y[channels]
        np.add(part, column[channels], out=part)
        if finish is not None:
            finish(part)

    each(task, cut_for(2 * y.nbytes, len(y), y.size), 2 * y.nbytes)


def beside_bias(weight, bias, work):
    """Return the matrix (Co, Ci * K + 1) of ``weight`` (Co, Ci * K), and last the bias.

    The product with columns and a row of ones below them then has the bias in it: added
    to a part of y it would go through buffers that NumPy allocates for each call.
    """
    Co, length = weight.shape
    both = work("weight and bias", (Co, length + 1), weight.dtype)
    both[:, :length], both[:, length] = weight, bias
    return both
