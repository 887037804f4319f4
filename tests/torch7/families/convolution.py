"""Torch7's convolution."""

import numpy as np

import nnmods as nn


def _mapped(cls):
    """Return a constructor that takes a connection table counted from 1."""
    return lambda table, *args: cls(np.asarray(table).astype(int) - 1, *args)


CONSTRUCTORS = {
    "SpatialConvolutionMap": _mapped(nn.SpatialConvolutionMap),
    "SpatialFullConvolutionMap": _mapped(nn.SpatialFullConvolutionMap),
}

_SWAPPED = (
    "Torch7 takes the width of an image for its height here: its output is that of the "
    "same memory read as an image of W x H, and its backward refuses its own output"
)
FAULTS = {
    "SpatialDepthWiseConvolution.01": _SWAPPED,
    "SpatialDepthWiseConvolution.03": _SWAPPED,
}
