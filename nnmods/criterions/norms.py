"""Norms along the last axis, and their gradients."""

import numpy as np


def norm(x, p, work, name):
    """Return the p-norms of ``x`` along its last axis, of length 1 then, in scratch.

    No power overflows: what is raised lies in [0, 1].

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> norm(np.array([[3e200, 4e200]]), 2, Workspace(), "d")
    array([[5.e+200]])
    """
    shape = (*x.shape[:-1], 1)
    size = work("size", x.shape, x.dtype)
    d = work(name, shape, x.dtype)
    np.absolute(x, out=size)
    np.maximum.reduce(size, axis=-1, keepdims=True, out=d, initial=0)
    if p == np.inf:
        return d
    top = work("top", shape, x.dtype)
    plain = work("plain", shape, np.bool_)
    np.copyto(top, d)
    for bound in (0, np.inf):  # nothing to divide by
        np.equal(d, bound, out=plain)
        np.copyto(top, 1, where=plain)
    np.divide(size, top, out=size)
    _power(size, p)
    np.add.reduce(size, axis=-1, keepdims=True, out=d)
    _power(d, 1 / p)
    return np.multiply(d, top, out=d)


def norm_slope(x, d, p, work):
    """Write the gradient of the norms ``d`` by ``x`` over x; it is 0 at x = 0.

    Where several entries are the largest, they share the gradient of the inf-norm.
    """
    if p == 1:
        np.sign(x, out=x)
        return
    part = work("size", x.shape, x.dtype)
    none = work("none", x.shape, np.bool_)
    np.absolute(x, out=part)
    np.equal(part, 0, out=none)
    np.sign(x, out=x)
    if p == np.inf:
        total = work("top", d.shape, d.dtype)
        np.equal(part, d, out=part)
        np.add.reduce(part, axis=-1, keepdims=True, out=total)
        np.divide(x, total, out=x)
    else:
        np.divide(part, d, out=part)
        np.copyto(part, 1, where=none)  # 0 / 0, and 0 to a negative power
        _power(part, p - 1)
    np.multiply(x, part, out=x)
    np.copyto(x, 0, where=none)


def norm_curve(x, d, p, out, work):
    """Write the second derivatives of the norms ``d`` by each entry to ``out``.

    ::

        (p - 1) * r^(p - 2) * (1 - r^p) / d        with r = |x| / d

    They are 0 where all of x is 0, and where p < 2 makes them infinite, at an x of 0.
    """
    bend, still = _bend(x, d, p, work)
    np.absolute(x, out=out)
    np.divide(out, d, out=out)
    np.power(out, p, out=out)
    np.subtract(1, out, out=out)
    np.multiply(out, bend, out=out)
    np.copyto(out, 0, where=still)


def norm_turn(x, d, p, u, work):
    """Write how the gradient of the norms ``d`` changes along u over u.

    ::

        (p - 1) * r^(p - 2) * (u - x * (s . u) / d) / d

    with s the gradient, of `norm_slope`; 0 where `norm_curve` is.
    """
    bend, still = _bend(x, d, p, work)
    slope = work("slope", x.shape, x.dtype)
    along = work("along", d.shape, x.dtype)
    np.copyto(slope, x)
    norm_slope(slope, d, p, work)
    np.multiply(slope, u, out=slope)
    np.add.reduce(slope, axis=-1, keepdims=True, out=along)
    np.divide(along, d, out=along)
    np.subtract(u, np.multiply(x, along, out=slope), out=u)
    np.multiply(u, bend, out=u)
    np.copyto(u, 0, where=still)


def _bend(x, d, p, work):
    """Return (p - 1) * r^(p - 2) / d, and where there is none, in scratch memory."""
    bend = work("bend", x.shape, x.dtype)
    still = work("still", x.shape, np.bool_)
    np.equal(x if p < 2 else d, 0, out=still)  # all of x is 0 where d is
    np.absolute(x, out=bend)
    np.divide(bend, d, out=bend)
    np.power(bend, p - 2, out=bend)
    np.multiply(bend, p - 1, out=bend)
    np.divide(bend, d, out=bend)
    return bend, still


def _power(x, p):
    if p == 2:
        np.multiply(x, x, out=x)
    elif p == 0.5:
        np.sqrt(x, out=x)
    elif p != 1:
        np.power(x, p, out=x)
