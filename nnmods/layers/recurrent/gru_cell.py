"""GRU's step: forward, transposed, and along a direction.

With the gates r, u (logistic) and n (tanh), and h' of the step before::

    r, u = s(what x adds + h' @ of_ru)
    n    = tanh(what x adds + (r h') @ of_n)
    h    = n + u (h' - n)

Gates are arrays in one piece, (N, H). States of None are 0.
"""

import numpy as np


def step(gates, sums, before, of_ru, of_n, reset, h, mask=None):
    """Write the gates, r h' as ``reset``, and h.

    Parameters
    ----------
    gates : ndarray, shape (3, N, H)
        Written to.
    sums : ndarray, shape (3, N, H)
        What x adds.
    before : ndarray, shape (N, H), or None
    of_ru, of_n : ndarray, shapes (2, H, H) and (H, H)
        Weights of h'.
    reset, h : ndarray, shape (N, H)
        Written to.
    mask : ndarray, shape (N, 1), default=None
        Where all is 0.
    """
    logistic, n = gates[:2], gates[2]
    r, u = logistic
    if before is None:
        logistic[...] = sums[:2]
    else:
        np.matmul(before, of_ru, out=logistic)
        np.add(logistic, sums[:2], out=logistic)
    np.multiply(logistic, 0.5, out=logistic)  # s(a) = (1 + tanh(a / 2)) / 2
    np.tanh(logistic, out=logistic)
    np.multiply(logistic, 0.5, out=logistic)
    np.add(logistic, 0.5, out=logistic)
    if before is None:
        reset[...] = 0
        n[...] = sums[2]
    else:
        np.multiply(r, before, out=reset)
        np.matmul(reset, of_n, out=n)
        np.add(n, sums[2], out=n)
    np.tanh(n, out=n)
    if mask is not None:
        np.copyto(gates, 0, where=mask)
    if before is None:
        np.negative(n, out=h)
    else:
        np.subtract(before, n, out=h)
    np.multiply(u, h, out=h)
    np.add(n, h, out=h)
    if mask is not None:
        np.copyto(h, 0, where=mask)  # 0 times infinity is none


def step_back(gates, before, dh, back_ru, back_n, dsums, parts, spare):
    """Write the gradients of the gates' sums, and turn dh into that of ``before``.

    Parameters
    ----------
    gates, before
        As in `step`.
    dh : ndarray, shape (N, H)
        Written to.
    back_ru, back_n : ndarray, shapes (2, H, H) and (H, H)
        The transposes of the weights.
    dsums : ndarray, shape (3, N, H)
        Written to.
    parts : ndarray, shape (2, N, H)
    spare : ndarray, shape (N, H)
    """
    r, u, n = gates
    dr, du, dn = dsums
    np.multiply(dh, u, out=spare)
    np.subtract(dh, spare, out=dn)
    np.multiply(dn, n, out=dr)
    np.multiply(dr, n, out=dr)
    np.subtract(dn, dr, out=dn)  # dh (1 - u) (1 - n^2)
    if before is None:
        np.negative(n, out=du)
    else:
        np.subtract(before, n, out=du)
    np.multiply(du, spare, out=du)
    np.multiply(du, u, out=dr)
    np.subtract(du, dr, out=du)  # dh (h' - n) u (1 - u)
    np.matmul(dn, back_n, out=dr)
    np.multiply(dr, r, out=dr)
    np.add(spare, dr, out=dh)
    if before is None:
        dr[...] = 0
    else:
        np.multiply(dr, before, out=dr)
        np.multiply(dr, r, out=spare)
        np.subtract(dr, spare, out=dr)  # d(r h') h' r (1 - r)
    np.matmul(dsums[:2], back_ru, out=parts)
    np.add(dh, parts[0], out=dh)
    np.add(dh, parts[1], out=dh)


def step_along(gates, reset, before, dbefore, weights, directions, dsums, dh, both):
    """Write the tangent dh.

    Parameters
    ----------
    gates, reset, before
        As in `step`.
    dbefore : ndarray, shape (N, H), or None
        The tangent of ``before``.
    weights, directions : tuple
        ``of_ru, of_n``, and how they change; or None.
    dsums : ndarray, shape (3, N, H)
        The tangents of what x adds; they become those of the gates.
    dh : ndarray, shape (N, H)
        Written to.
    both : ndarray, shape (2, N, H)
        Scratch.
    """
    r, u, n = gates
    dr, du, dn = dsums
    for state, parts in ((dbefore, weights), (before, directions)):
        if state is not None and parts is not None:
            np.add(dsums[:2], np.matmul(state, parts[0], out=both), out=dsums[:2])
    np.subtract(1, gates[:2], out=both)
    np.multiply(both, gates[:2], out=both)
    np.multiply(dsums[:2], both, out=dsums[:2])
    part, other = both
    part[...] = 0  # becomes d(r h')
    if before is not None:
        np.multiply(dr, before, out=part)
    if dbefore is not None:
        np.add(part, np.multiply(r, dbefore, out=other), out=part)
    np.add(dn, np.matmul(part, weights[1], out=other), out=dn)
    if directions is not None:
        np.add(dn, np.matmul(reset, directions[1], out=other), out=dn)
    np.multiply(n, n, out=part)
    np.subtract(1, part, out=part)
    np.multiply(dn, part, out=dn)
    # h = n + u (h' - n)
    np.multiply(u, dn, out=part)
    np.subtract(dn, part, out=dh)
    if before is None:
        np.negative(n, out=part)
    else:
        np.subtract(before, n, out=part)
    np.multiply(du, part, out=part)
    if dbefore is not None:
        np.add(part, np.multiply(u, dbefore, out=other), out=part)
    np.add(dh, part, out=dh)
