"""Where sliding windows fall: how many there are, and all of them as a strided view.

Along one axis, tap k (of the kernel's K) of window o reads position
``o * stride - before + k * dilation`` of the image.
"""

from functools import lru_cache

import numpy as np

from nnmods.kernels.layout import pairs


@lru_cache(maxsize=256)
def output_size(size, kernel, stride, padding, dilation, ceil=False):
    """Return how many windows fit along each spatial axis.

    ::

        span = size + before + after - dilation * (kernel - 1) - 1
        o    = floor(span / stride) + 1         (or ceil)

    Parameters
    ----------
    size, kernel, stride, dilation : tuple of int
        One entry for each spatial axis.
    padding : tuple of int or of pairs (before, after)
    ceil : bool, default=False
        Whether a last window may hang over the end.

    Returns
    -------
    tuple of int
        Zero or negative where the kernel is longer than the padded axis; it is for
        the caller to refuse that.

    Examples
    --------
    >>> output_size((28, 7), (5, 3), (1, 2), (0, 1), (1, 1))
    (24, 4)
    """
    up = -1 if ceil else 1  # ceil(a / b) == -floor(-a / b)
    return tuple(
        up * (up * (n + before + after - d * (k - 1) - 1) // s) + 1
        for n, k, s, (before, after), d in zip(
            size, kernel, stride, pairs(padding), dilation, strict=True
        )
    )


def pool_output_size(size, kernel, stride, padding, dilation, ceil):
    """Return how many windows a pooling has along each axis, by Torch7's rule.

    As `output_size`; with ``ceil``, a last window that would start beyond the image
    (and not in the padding before it) is left out. Torch7 leaves it out of padded
    images only, and has the maximum or the mean of nothing at the end of others.

    Examples
    --------
    >>> pool_output_size((5, 6), (2, 2), (2, 2), (0, 1), (1, 1), ceil=True)
    (3, 4)
    """
    count = output_size(size, kernel, stride, padding, dilation, ceil)
    if not ceil:
        return count
    return tuple(
        o - ((o - 1) * s >= n + before)
        for o, n, s, (before, _) in zip(
            count, size, stride, pairs(padding), strict=True
        )
    )


def check_sizes(what, got, wanted):
    """Raise ValueError unless the spatial shape ``wanted`` is positive, and ``got``."""
    if min(wanted) < 1:
        raise ValueError(
            f"{what} has size {wanted}, expected at least 1 along each axis; "
            "the kernel is larger than the padded input"
        )
    if got != wanted:
        raise ValueError(f"{what} has size {got}, expected {wanted}")


def windows(x, kernel, stride, dilation, count):
    """Return all windows of ``x`` as a strided view, without a copy.

    Parameters
    ----------
    x : ndarray, shape (C, *S, N)
        C-contiguous.
    kernel, stride, dilation, count : tuple of int
        ``count`` is the number of windows along each axis, all inside ``x``.

    Returns
    -------
    ndarray, shape (C, *kernel, *count, N)
        Entry (c, *k, *o, n) is ``x[c, *(o * stride + k * dilation), n]``.
    """
    step = x.itemsize
    steps = [step]  # from the shape: an axis of length 1 may have any stride in x
    for length in x.shape[:0:-1]:
        step *= length
        steps.append(step)
    channel, *spatial, sample = reversed(steps)
    taps = (d * b for d, b in zip(dilation, spatial, strict=True))
    moves = (s * b for s, b in zip(stride, spatial, strict=True))
    return np.ndarray(
        (x.shape[0], *kernel, *count, x.shape[-1]),
        x.dtype,
        x,
        strides=(channel, *taps, *moves, sample),
    )
