"""The bias of a convolution, added to y."""

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
