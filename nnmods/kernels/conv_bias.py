"""The bias of a full convolution, added to y."""

import numpy as np

from nnmods.kernels.layout import rolled


def add_bias(out, bias):
    """Add ``bias`` (C,) to the channels of ``out`` (N, C, *S) and return it."""
    y = rolled(out)
    np.add(y, bias.reshape(-1, *(1,) * (y.ndim - 1)), out=y)
    return out
