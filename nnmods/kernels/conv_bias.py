"""The bias of a convolution: added to y, or beside the weight in one matrix."""

import numpy as np

from nnmods.kernels.layout import rolled


def add_bias(out, bias):
    """Add ``bias`` (C,) to the channels of ``out`` (N, C, *S) and return it."""
    y = rolled(out)
    np.add(y, bias.reshape(-1, *(1,) * (y.ndim - 1)), out=y)
    return out


def beside_bias(weight, bias, dtype, work):
    """Return the matrix (Co, Ci * K + 1) of the weight, and last the bias."""
    length = weight[0].size
    both = work("weight and bias", (len(weight), length + 1), dtype)
    part = both[:, :length]
    np.copyto(part.reshape(weight.shape), weight)
    np.copyto(both[:, length], bias)
    return both
