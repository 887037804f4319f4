"""Second derivatives of vectors divided by their p-norms; see `Normalize`.

Functions take u, unit, normp and norm of `measure`, and b of `slopes`, for vectors in
rows. With rho = d norm / du / norm, and b + db for u + du,

::

    db = w du - k b sum(rho * du),      k = p, or 2 for p = inf
"""

import numpy as np

from nnmods.layers.normalization.channel_curvature import floor_at_0


def bends(u, normp, norm, b, p, eps, unit, work):
    """Return rho, w and k in the letters above, in scratch memory."""
    if p == 2:
        return b, np.divide(1, normp, out=work("w", norm.shape, u.dtype)), p
    w, size = work("w", u.shape, u.dtype), work("size", u.shape, u.dtype)
    if p == np.inf:
        rho, only = work("rho", u.shape, u.dtype), work("only", u.shape, np.bool_)
        np.not_equal(b, 0, out=only)
        np.divide(np.sign(u, out=rho), norm, out=rho)
        np.multiply(rho, only, out=rho)
        np.divide(np.divide(only, norm, out=w), norm, out=w)
        return rho, w, 2
    np.absolute(u, out=size)
    if p > 2:
        np.power(size, p - 2, out=w)
        np.multiply(w, p - 1, out=w)
        return b, np.divide(w, normp, out=w), p
    rho, shifted = work("rho", u.shape, u.dtype), work("shifted", u.shape, u.dtype)
    zero = np.equal(u, 0, out=work("zero", u.shape, np.bool_))
    np.copyto(size, 1, where=zero)  # whose power may overflow
    np.multiply(np.power(size, p - 1, out=rho), np.sign(u, out=w), out=rho)
    np.divide(rho, normp, out=rho)
    eps = u.dtype.type(eps) / unit
    np.power(np.add(size, eps, out=shifted), p - 3, out=w)
    np.add(np.multiply(size, p - 1, out=size), eps, out=size)
    np.divide(np.multiply(w, size, out=w), normp, out=w)
    np.copyto(w, 0, where=zero)  # a kink
    return rho, w, p


def turn(measured, b, bent, v, dx, out, work):
    """Write how (v - b * sum(x * v)) / norm changes along ``dx`` into ``out``.

    ::

        -(v sum(rho * dx) + w dx sum(u * v)
          + b (sum(v * dx) - (1 + k) sum(rho * dx) sum(u * v))) / norm / unit^2
    """
    u, unit, _, norm = measured
    rho, w, k = bent
    q, m, s = work("dots of both", (3, len(u), 1), u.dtype)
    np.vecdot(rho, dx, out=q[:, 0])
    np.vecdot(u, v, out=m[:, 0])
    np.vecdot(v, dx, out=s[:, 0])
    s -= (1 + k) * q * m
    part = np.multiply(b, s, out=work("product", u.shape, u.dtype))
    np.multiply(v, q, out=out)
    np.add(out, part, out=out)
    np.multiply(w, dx, out=part)
    np.add(out, np.multiply(part, m, out=part), out=out)
    _divide(out, -norm, unit, unit)


def square(measured, b, h, out, work):
    """Write (h (1 - 2 u b) + b^2 sum(h * u^2)) / norm^2 / unit^2 into ``out``."""
    u, unit, _, norm = measured
    part = np.multiply(u, u, out=work("product", u.shape, u.dtype))
    total = work("dots", norm.shape, u.dtype)
    np.vecdot(part, h, out=total[:, 0])
    np.multiply(b, total, out=out)
    np.multiply(np.multiply(u, -2, out=part), h, out=part)
    np.multiply(np.add(out, part, out=out), b, out=out)
    np.add(out, h, out=out)
    _divide(out, norm, norm, unit, unit)
    floor_at_0(out, h, 1)


def add_own(measured, b, bent, v, out, work):
    """Add the diagonal of what `turn` multiplies a direction with to ``out``."""
    u, unit, _, norm = measured
    rho, w, k = bent
    m, part = work("dots", norm.shape, u.dtype), work("product", u.shape, u.dtype)
    np.vecdot(u, v, out=m[:, 0])
    own = work("own", u.shape, u.dtype)
    np.multiply(rho, -(1 + k) * m, out=own)
    np.multiply(np.add(own, v, out=own), b, out=own)
    np.add(own, np.multiply(rho, v, out=part), out=own)
    np.add(own, np.multiply(w, m, out=part), out=own)
    _divide(own, -norm, unit, unit)
    np.add(out, own, out=out)


def _divide(out, *columns):
    for column in columns:  # one by one: a product might overflow
        np.divide(out, column, out=out)
