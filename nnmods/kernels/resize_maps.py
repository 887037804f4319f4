"""What resizing and borders do along one axis, as an `AxisMap`.

Each function is called with numbers only and remembers its answers.
"""

from functools import lru_cache

import numpy as np

from nnmods.kernels.resize_axes import AxisMap

#: Of the cubic convolution kernel: PyTorch's and most programs' choice.
SHARPNESS = -0.75


@lru_cache(maxsize=256)
def repeated_map(size, factor):
    """Return the map that repeats each entry ``factor`` times."""
    outputs = np.arange(size * factor)
    return _picking(outputs // factor, size)


@lru_cache(maxsize=256)
def nearest_map(size, count, step):
    """Return the map of which output o is input ``floor(o * step)``.

    The product is in single precision whatever the data, as in PyTorch; nothing changes
    where ``count`` is ``size``, whatever the step.
    """
    if count == size:
        step = 1
    place = np.floor(np.arange(count, dtype=np.float32) * np.float32(step))
    return _picking(np.minimum(place.astype(np.intp), size - 1), size)


@lru_cache(maxsize=256)
def corner_map(size, count, dtype=np.float64):
    """Return linear interpolation that keeps the first and the last entry in place.

    Output o stands at ``o * (size - 1) / (count - 1)``, computed in ``dtype``.
    """
    dtype = np.dtype(dtype).type
    step = dtype(size - 1) / dtype(count - 1) if count > 1 else dtype(0)
    return _linear(np.arange(count).astype(dtype) * step, size)


@lru_cache(maxsize=256)
def linear_map(size, count, step):
    """Return linear interpolation of entries seen as cells of length 1.

    Output o stands at ``(o + 1/2) * step - 1/2``, or 0 where that is negative. Nothing
    changes where ``count`` is ``size``, whatever the step.
    """
    if count == size:
        step = 1
    return _linear(np.maximum((np.arange(count) + 0.5) * step - 0.5, 0), size)


@lru_cache(maxsize=256)
def cubic_map(size, count, step, corners):
    """Return cubic convolution [1]_ over four inputs; beyond the ends, the last counts.

    ``corners`` tells whether output o stands at ``o * step`` rather than
    ``(o + 1/2) * step - 1/2``.

    References
    ----------
    .. [1] R. Keys, "Cubic convolution interpolation for digital image processing",
           IEEE Trans. ASSP 29, 1981.
    """
    place = (
        np.arange(count) * step if corners else (np.arange(count) + 0.5) * step - 0.5
    )
    left = np.floor(place)
    t = place - left
    a = SHARPNESS

    def near(d):
        return ((a + 2) * d - (a + 3)) * d * d + 1

    def far(d):
        return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a

    weights = np.stack([far(t + 1), near(t), near(1 - t), far(2 - t)])
    inputs = left.astype(np.intp) + np.arange(-1, 3)[:, None]
    outputs = np.broadcast_to(np.arange(count), inputs.shape)
    inputs = np.clip(inputs, 0, size - 1)
    return AxisMap(outputs.ravel(), inputs.ravel(), weights.ravel(), count, size)


@lru_cache(maxsize=256)
def mean_map(size, count):
    """Return the mean over ``count`` windows that cover the axis, as even as can be."""
    starts, stops = adaptive_windows(size, count)
    lengths = stops - starts
    outputs = np.repeat(np.arange(count), lengths)
    inputs = np.concatenate(
        [np.arange(a, b) for a, b in zip(starts, stops, strict=True)]
    )
    return AxisMap(outputs, inputs, (1 / lengths)[outputs], count, size)


def adaptive_windows(size, count, dtype=None):
    """Return the starts and stops of ``count`` windows that cover ``size`` entries.

    Window o is from ``floor(o * size / count)`` to ``ceil((o + 1) * size / count)``.
    With a ``dtype`` they are computed in it, the division first: rounding makes
    some windows an entry longer.

    Examples
    --------
    >>> adaptive_windows(5, 3)
    (array([0, 1, 3]), array([2, 4, 5]))
    """
    edges = np.arange(count + 1)
    if dtype is None:
        return edges[:-1] * size // count, -(-edges[1:] * size // count)
    places = edges.astype(dtype) / dtype(count) * dtype(size)
    return np.floor(places[:-1]).astype(int), np.ceil(places[1:]).astype(int)


def border_positions(size, before, after, mirrored):
    """Return which entry stands where after a border was added, or entries cut off.

    Beyond the ends stands the image's mirror image, which does not repeat the last
    entry, or the last entry itself. A position outside the image means that the border
    is too wide for a mirror.
    """
    place = np.arange(-before, size + after)
    if not mirrored:
        return np.clip(place, 0, size - 1)
    return np.where(
        place < 0, -place, np.where(place < size, place, 2 * size - 2 - place)
    )


@lru_cache(maxsize=256)
def border_map(size, before, after, mirrored):
    """Return the map of `border_positions`, all of which are in the image."""
    return _picking(border_positions(size, before, after, mirrored), size)


def _picking(inputs, size):
    """Return the map of which output o is input ``inputs[o]``."""
    count = len(inputs)
    return AxisMap(np.arange(count), inputs, np.ones(count), count, size)


def _linear(place, size):
    """Return the map that interpolates between the two inputs around each place."""
    count = len(place)
    left = np.minimum(place.astype(np.intp), size - 1)
    right = np.minimum(left + 1, size - 1)
    share = (place - left.astype(place.dtype)).astype(np.float64)
    outputs = np.tile(np.arange(count), 2)
    inputs = np.concatenate([left, right])
    weights = np.concatenate([1 - share, share])
    return AxisMap(outputs, inputs, weights, count, size)
