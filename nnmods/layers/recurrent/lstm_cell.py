"""LSTM's step after the sums of its gates: forward, transposed, and along a direction.

With the gates i, f, o (logistic) and g (tanh), and c' of the step before::

    c = f c' + i g
    h = o tanh(c)

Each of the four gates is an array in one piece, (N, H): on slices of one (N, 4H) array
all of this would take three times as long.
"""

import numpy as np


def activate(gates):
    """Replace sums, those of the first three gates halved, by the gates in place.

    The logistic function is (1 + tanh(a / 2)) / 2.
    """
    np.tanh(gates, out=gates)
    logistic = gates[:3]
    np.multiply(logistic, 0.5, out=logistic)
    np.add(logistic, 0.5, out=logistic)


def step(gates, before, c, bent, h, spare):
    """Write c, tanh(c) as ``bent``, and h.

    Parameters
    ----------
    gates : ndarray, shape (4, N, H)
    before : ndarray, shape (N, H), or None
        The cell before, None for 0.
    c, bent, h : ndarray, shape (N, H)
        Written to.
    spare : ndarray, shape (N, H)
    """
    i, f, o, g = gates
    np.multiply(i, g, out=c)
    if before is not None:
        np.multiply(f, before, out=spare)
        np.add(c, spare, out=c)
    np.tanh(c, out=bent)
    np.multiply(o, bent, out=h)


def step_back(gates, before, bent, dh, dc, dsums, spare):
    """Write the gradients of the gates' sums, and turn dc into that of ``before``.

    Parameters
    ----------
    gates, before, bent
        As in `step`.
    dh, dc : ndarray, shape (N, H)
        Gradients by h, and by c apart from its way through h. dc is written to.
    dsums, spare : ndarray, shape (4, N, H)
        Written to.
    """
    i, f, o, g = gates
    di, df, do, dg = dsums
    np.multiply(dh, o, out=di)
    np.multiply(di, bent, out=do)
    np.multiply(do, bent, out=dg)
    np.subtract(di, dg, out=dg)
    np.add(dc, dg, out=dc)  # with dh o (1 - tanh(c)^2)
    np.multiply(dc, i, out=dg)
    np.multiply(dg, g, out=di)
    np.multiply(di, g, out=df)
    np.subtract(dg, df, out=dg)  # dc i (1 - g^2)
    np.multiply(dc, f, out=dc)
    if before is None:
        df[...] = 0
    else:
        np.multiply(dc, before, out=df)
    # The slope of the logistic function is s (1 - s); one factor s is there.
    np.multiply(dsums[:3], gates[:3], out=spare[:3])
    np.subtract(dsums[:3], spare[:3], out=dsums[:3])


def step_along(gates, before, bent, dsums, dbefore, dc, dh, spare):
    """Write the tangents dc and dh for those of the sums and of the cell before.

    ``dsums`` (4, N, H) becomes the tangents of the gates; ``dbefore`` may be None for
    0, and may be dc itself.
    """
    i, f, o, g = gates
    for gate, dsum in zip(gates[:3], dsums[:3], strict=True):
        np.subtract(1, gate, out=spare)
        np.multiply(spare, gate, out=spare)
        np.multiply(dsum, spare, out=dsum)
    di, df, do, dg = dsums
    np.multiply(g, g, out=spare)
    np.subtract(1, spare, out=spare)
    np.multiply(dg, spare, out=dg)
    if dbefore is None:
        dc[...] = 0
    else:
        np.multiply(f, dbefore, out=dc)
    for factor, other in ((df, before), (di, g), (i, dg)):
        if other is not None:
            np.add(dc, np.multiply(factor, other, out=spare), out=dc)
    np.multiply(do, bent, out=dh)
    np.multiply(bent, bent, out=spare)
    np.subtract(1, spare, out=spare)
    np.multiply(spare, dc, out=spare)
    np.multiply(spare, o, out=spare)
    np.add(dh, spare, out=dh)
