"""One linear map along one axis of images: a product, a sum of windows, or of terms."""

from math import prod

import numpy as np

from nnmods.kernels.resize_products import fits, multiply


def apply_along(x, axis, axis_map, out, room, products):
    """Write ``x`` (C, *S, N), mapped along one axis, to ``out`` and return it.

    Parameters
    ----------
    x, out : ndarray
        C-contiguous.
    axis : int
    axis_map : nnmods.kernels.resize_axes.AxisMap
    room : nnmods.kernels.scratch.scratch
    products : bool
        Whether x may be taken to be finite.
    """
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    if products and fits(axis_map, prod(after), out.dtype):
        return multiply(x, axis, axis_map, out)
    if axis_map.window:
        K, weight = axis_map.window
        windows = x.reshape(*before, axis_map.count, K, *after)
        np.add.reduce(windows, axis + 1, out=out)
        return np.multiply(out, weight, out=out)
    if axis_map.has_gaps:
        # One entry more, always 0, is what an output takes that takes nothing.
        shape = *before, axis_map.size + 1, *after
        longer = room(("with a zero", axis), shape, x.dtype)
        every = (slice(None),) * axis
        np.copyto(longer[*every, slice(0, -1)], x)
        longer[*every, -1] = 0
        x = longer
    several = len(axis_map.index) > 1
    more = room(("term", axis), out.shape, out.dtype) if several else None
    for k, index in enumerate(axis_map.index):
        term = more if k else out
        np.take(x, index, axis, out=term, mode="clip")
        if not axis_map.plain:
            np.multiply(term, _spread(axis_map, k, axis, out, room), out=term)
        if k:
            np.add(out, term, out=out)
    return out


def _spread(axis_map, k, axis, out, room):
    """Return the weights k, repeated along the axes after theirs where these are short.

    A ufunc of many short rows takes several times as long as of few long ones.
    """
    weights = axis_map.weights(out.dtype, out.ndim - axis)[k]
    after = out.shape[axis + 1 :]
    if prod(after) >= 1024:
        return weights
    spread = room(("weights", axis), (axis_map.count, *after), out.dtype)
    np.copyto(spread, weights)
    return spread
