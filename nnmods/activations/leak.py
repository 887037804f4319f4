"""Leak: the line through 0 that bends there, its value and its slope."""

import numpy as np

from nnmods.activations.masks import above, cut, one_or


def leak(x, slope, out, work):
    """Write x where x > 0, else ``slope``, a number or an array like x, times x."""
    if isinstance(slope, np.ndarray):
        positive = work("positive", x.shape, out.dtype)
        cut(x, None, 0.0, out, work)
        np.multiply(out, slope, out=out)
        cut(x, 0.0, None, positive, work)
        np.add(out, positive, out=out)
        return
    if slope == 0:
        cut(x, 0.0, None, out, work)  # 0 * -inf is NaN
        return
    np.multiply(x, slope, out=out)
    (np.maximum if slope <= 1 else np.minimum)(x, out, out=out)


def leak_slope(x, slope, out, work):
    """Write 1 where x > 0, else ``slope``, a number or an array like x."""
    above(x, 0, out, work)
    one_or(slope, out, work)


def leak_product(x, d, slope, out, work):
    """Write d where x > 0, else ``slope`` times d."""
    leak_slope(x, slope, out, work)
    np.multiply(out, d, out=out)


def leak_share(x, d, out, work):
    """Write min(x, 0) * d, what the slope gets of d."""
    cut(x, None, 0.0, out, work)
    np.multiply(out, d, out=out)
