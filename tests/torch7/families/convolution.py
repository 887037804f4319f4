"""Torch7's convolution."""

CONSTRUCTORS = {}

_SWAPPED = (
    "Torch7 takes the width of an image for its height here: its output is that of the "
    "same memory read as an image of W x H, and its backward refuses its own output"
)
FAULTS = {
    "SpatialDepthWiseConvolution.01": _SWAPPED,
    "SpatialDepthWiseConvolution.03": _SWAPPED,
}
