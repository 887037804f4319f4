"""What the constructors of Torch7's upsamplings take: a factor, or a table of sizes."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.kernels.resize_maps import corner_map

#: The keys of a table of sizes, in the order of the axes.
KEYS = ("odepth", "oheight", "owidth")


def scale_or_sizes(owner, scale):
    """Return a factor and a table of sizes, one of which is None.

    Raises
    ------
    TypeError
        If it is neither, or a number is not an integer.
    ValueError
        If a number is below 1, or a key is missing or unknown.
    """
    if not isinstance(scale, dict):
        factor = as_size(owner, "scale", scale)
        if factor < 1:
            raise ValueError(f"{owner}: scale is {factor}, expected at least 1")
        return factor, None
    if not {"oheight", "owidth"} <= set(scale) <= set(KEYS):
        raise ValueError(
            f"{owner}: scale has keys {sorted(scale)}, expected oheight and owidth, "
            "and odepth for volumes"
        )
    sizes = {key: as_size(owner, key, scale[key]) for key in KEYS if key in scale}
    if min(sizes.values()) < 1:
        raise ValueError(f"{owner}: scale is {sizes}, expected at least 1")
    return None, sizes


def linear_maps(size, count):
    """Return Torch7's linear interpolation along each axis.

    Its positions are in single precision, whatever the data.
    """
    pairs = zip(size, count, strict=True)
    return tuple(corner_map(n, o, np.float32) for n, o in pairs)


def check_not_empty(module, size):
    """Raise unless there is something in an image of spatial ``size``."""
    if min(size) < 1:
        raise ValueError(
            f"{module!r}: x has spatial size {size}, expected at least 1 along each "
            "axis"
        )
