"""Second derivatives of `channels`: of xhat by the numbers x of a channel.

The Jacobian is J = invstd (P - xhat xhat^T / n), where P v = v - mean(v), or v without
``center``. With x moves invstd, by -invstd^2 mean(xhat dx), and xhat, by J dx. Hence

::

    a, b, c     = mean(xhat * v), mean(xhat * dx), mean(v * P dx)
    d(J v)      = -invstd^2 (b P v + a P dx + (c - 3 a b) xhat)
    <v, J dx>   = n invstd (c - a b)

Arrays are (A, C, B), numbers by channel (C, 1), as in `channels`.
"""

import numpy as np

from nnmods.layers.normalization.channel_moments import channel_dot, channel_sum
from nnmods.layers.normalization.folding import by_blocks


def turn_jacobian(x, v, dx, mean, invstd, weight, out, found, work, center=True):
    """Write the derivative along ``dx`` of weight * J v into ``out``.

    Parameters
    ----------
    found : ndarray, shape (4, C, 1)
        <v, J dx> is written to the first; the others are scratch.
    """

    def write(lane, out, part, x, v, dx, mean, invstd, weight, dot, a, b, level):
        np.subtract(x, mean, out=out)
        _mean_dot(out, v, invstd, a)
        _mean_dot(out, dx, invstd, b)
        _project(dx, center, level, part)
        c = _mean_dot(part, v, None, dot)
        np.multiply(out, (3 * a * b - c) * invstd, out=out)
        np.subtract(out, np.multiply(part, a, out=part), out=out)
        _project(v, center, level, part)
        np.subtract(out, np.multiply(part, b, out=part), out=out)
        np.multiply(out, _squared(invstd, weight, 1), out=out)
        np.multiply(n * invstd, c - a * b, out=dot)

    n = x.shape[0] * x.shape[2]
    part = work("part", x.shape, out.dtype)
    by_blocks(write, out, part, x, v, dx, mean, invstd, weight, *found)


def square_jacobian(x, h, mean, invstd, weight, out, found, work, center=True):
    """Write sum_i h_i (weight * J_ij)^2 for each j into ``out``.

    ::

        e           = 1, or 0 without center
        H0, H1, H2  = sum(h), sum(h * xhat), sum(h * xhat^2)
        J_ij        = invstd (1 (i = j) - (e + xhat_i * xhat_j) / n)
        out / (weight * invstd)^2
                    = h * (1 - 2 (e + xhat^2) / n)
                      + (e H0 + 2 e xhat * H1 + xhat^2 * H2) / n^2

    ``found``, of shape (3, C, 1), is scratch.
    """

    def write(lane, out, part, x, h, mean, invstd, weight, H0, H1, H2):
        xhat = np.multiply(np.subtract(x, mean, out=out), invstd, out=out)
        channel_dot(np.multiply(xhat, xhat, out=part), h, H2)
        np.multiply(h, -2 / n, out=part)
        np.add(part, H2 / n**2, out=part)
        np.multiply(part, xhat, out=part)
        if center:
            channel_dot(xhat, h, H1)
            np.add(part, 2 * H1 / n**2, out=part)
        np.multiply(part, xhat, out=part)
        if center:
            channel_sum(h, H0)
            np.add(part, H0 / n**2, out=part)
        np.multiply(h, 1 - 2 / n if center else 1, out=out)
        np.add(out, part, out=out)
        np.multiply(out, _squared(invstd, weight, 2), out=out)
        floor_at_0(out, h, (0, 2))

    n = x.shape[0] * x.shape[2]
    part = work("part", x.shape, out.dtype)
    by_blocks(write, out, part, x, h, mean, invstd, weight, *found)


def add_own_diagonal(x, v, mean, invstd, weight, out, found, work, center=True):
    """Add the derivative by x_j of entry j of weight * J v to ``out``, for each j.

    ::

        own / (weight * invstd^2)
            = (3 a xhat - 2 P v) * xhat / n - a (1 - e / n)      (e as above)

    ``found``, of shape (2, C, 1), is scratch.
    """

    def write(lane, out, xhat, own, x, v, mean, invstd, weight, a, level):
        np.subtract(x, mean, out=xhat)
        _mean_dot(xhat, v, invstd, a)
        np.multiply(xhat, invstd, out=xhat)
        _project(v, center, level, own)
        np.multiply(own, -2 / n, out=own)
        np.multiply(own, xhat, out=own)
        np.multiply(xhat, xhat, out=xhat)
        np.add(own, np.multiply(xhat, 3 * a / n, out=xhat), out=own)
        np.subtract(own, a * (1 - 1 / n if center else 1), out=own)
        np.multiply(own, _squared(invstd, weight, 1), out=own)
        np.add(out, own, out=out)

    n = x.shape[0] * x.shape[2]
    xhat, own = work("own", (2, *x.shape), out.dtype)
    by_blocks(write, out, xhat, own, x, v, mean, invstd, weight, *found)


def correlate_squares(x, h, mean, invstd, found, work):
    """Write the sums of h and of h * xhat^2 into ``found``, of shape (2, C, 1)."""

    def write(lane, xhat, x, h, mean, invstd, sums, dots):
        np.multiply(np.subtract(x, mean, out=xhat), invstd, out=xhat)
        channel_sum(h, sums)
        channel_dot(np.multiply(xhat, xhat, out=xhat), h, dots)

    xhat = work("part", x.shape, found.dtype)
    by_blocks(write, xhat, x, h, mean, invstd, *found)


def floor_at_0(out, h, axes):
    """Raise what rounding left below 0 in ``out``, where no h along ``axes`` is."""
    least = np.minimum.reduce(h, axis=axes, keepdims=True, initial=0)
    np.maximum(out, 0, out=out, where=least >= 0)


def _project(v, center, level, out):
    """Write P v into ``out``, and the mean of v into ``level``."""
    if center:
        channel_sum(v, level)
        level /= v.shape[0] * v.shape[2]
        np.subtract(v, level, out=out)
    else:
        np.copyto(out, v, casting="same_kind")


def _mean_dot(x, v, factor, out):
    """Write the mean of x * v, times the factor, into ``out`` and return it."""
    channel_dot(x, v, out)
    out /= x.shape[0] * x.shape[2]
    if factor is not None:
        out *= factor
    return out


def _squared(invstd, weight, power):
    """Return invstd^2, times the weight to that power."""
    return invstd**2 if weight is None else invstd**2 * weight**power
