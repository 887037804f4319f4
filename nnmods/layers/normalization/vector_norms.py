"""The p-norms of vectors in rows, and their derivatives; see `Normalize`."""

import numpy as np


def measure(rows, p, eps, work):
    """Return u = row / unit, the unit, normp and norm of u, for each row.

    The unit is the largest entry, or 1 where eps is not 0 and all are smaller.
    """
    u, power = work("u", (2, *rows.shape), rows.dtype)
    unit, normp, norm = work("norms", (3, len(rows), 1), rows.dtype)
    odd = work("odd", unit.shape, np.bool_)
    eps = rows.dtype.type(eps)
    np.absolute(rows, out=power)
    np.maximum.reduce(power, 1, None, unit, True, initial=1 if eps else 0)
    np.copyto(unit, 1, where=np.equal(unit, 0, out=odd))
    np.copyto(unit, 1, where=np.isinf(unit, out=odd))
    np.divide(rows, unit, out=u)
    np.divide(power, unit, out=power)
    if p == np.inf:
        np.maximum.reduce(power, 1, None, normp, True)
        np.add(normp, np.divide(eps, unit, out=norm), out=normp)
        np.copyto(norm, normp)
    else:
        if p != 1:
            np.power(power, p, out=power)
        np.add.reduce(power, 1, None, normp, True)
        if eps:  # else 0 * inf, where the unit is small
            np.multiply(eps, np.power(unit, -p, out=norm), out=norm)
            np.add(normp, norm, out=normp)
        np.power(normp, 1 / p, out=norm)
    return u, unit, normp, norm


def slopes(u, unit, normp, norm, p, eps, work):
    """Return b of `Normalize` for vectors u, in scratch memory."""
    b, part = work("b", u.shape, u.dtype), work("part", norm.shape, u.dtype)
    if p == 2:
        return np.divide(u, normp, out=b)
    np.absolute(u, out=b)
    if p == np.inf:
        first, largest = _first_largest(b, work), part[:, 0]
        np.take(u, first, out=largest, mode="clip")
        np.divide(np.divide(part, norm, out=part), norm, out=part)
        b.fill(0)
        b.reshape(-1)[first] = largest
        return b
    if p < 2:
        zero = work("zero", u.shape, np.bool_)
        np.equal(b, 0, out=zero)
        np.add(b, np.divide(u.dtype.type(eps), unit, out=part), out=b)
        np.copyto(b, 1, where=zero)  # whose power may overflow, and meets u = 0
    np.power(b, p - 2, out=b)
    np.multiply(b, u, out=b)
    return np.divide(b, normp, out=b)


def _first_largest(rows, work):
    """Return where in the memory of each row its first largest entry is."""
    N, D = rows.shape
    starts = work(("starts", D), (N,), np.intp, fill=-1)
    if N and starts[0] < 0:
        starts[...] = np.arange(0, N * D, D)
    first = work("first", (N,), np.intp)
    return np.add(np.argmax(rows, axis=1, out=first), starts, out=first)
