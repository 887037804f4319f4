"""LSTM's step with peepholes, after what x and h add to the sums of its gates.

With the gates i, f, o (logistic) and g (tanh), and c' of the step before::

    i, f = s(sums + c' * peepholes)
    g    = tanh(sum)
    c    = f c' + i g
    o    = s(sum + c * peephole)
    h    = o tanh(c)

Arrays are (N, H), and those of all gates (4, N, H). Peepholes are a list of four (H,),
each of which may be None, as the cell before and its tangent may be: None is 0.
"""

import numpy as np


def step(gates, peepholes, before, c, bent, h, spare):
    """Replace sums by the gates, and write c, tanh(c) as ``bent``, and h."""
    i, f, o, g = gates
    for gate, peephole in ((i, peepholes[0]), (f, peepholes[1])):
        _see(gate, before, peephole, spare)
        _logistic(gate)
    np.tanh(g, out=g)
    np.multiply(i, g, out=c)
    if before is not None:
        np.add(c, np.multiply(f, before, out=spare), out=c)
    _see(o, c, peepholes[2], spare)  # the output gate sees the new cell
    _logistic(o)
    np.tanh(c, out=bent)
    np.multiply(o, bent, out=h)


def step_back(gates, peepholes, before, bent, dh, dc, dsums, dbefore, spare):
    """Write the gradients of the gates' sums, and ``dbefore``, by the cell before.

    dh and dc are the gradients by h, and by c apart from its way through h; dc is
    written to.
    """
    (i, f, o, g), (di, df, do, dg) = gates, dsums
    np.multiply(dh, bent, out=do)
    _times_slope(do, o, spare)
    np.multiply(bent, bent, out=spare)
    np.subtract(1, spare, out=spare)
    np.multiply(spare, o, out=spare)
    np.multiply(spare, dh, out=spare)
    np.add(dc, spare, out=dc)
    _see(dc, do, peepholes[2], spare)
    np.multiply(dc, g, out=di)
    _times_slope(di, i, spare)
    if before is None:
        df[...] = 0
    else:
        np.multiply(dc, before, out=df)
        _times_slope(df, f, spare)
    np.multiply(g, g, out=dg)
    np.subtract(1, dg, out=dg)
    np.multiply(dg, i, out=dg)
    np.multiply(dg, dc, out=dg)
    np.multiply(dc, f, out=dbefore)
    _see(dbefore, di, peepholes[0], spare)
    _see(dbefore, df, peepholes[1], spare)


def step_along(
    gates, peepholes, directions, before, dbefore, c, bent, dsums, dc, dh, spare
):
    """Write the tangents dc and dh for those of the sums and of the cell before.

    ``directions`` are the tangents of the peepholes; ``dsums`` becomes those of the
    gates.
    """
    (i, f, o, g), (di, df, do, dg) = gates, dsums
    for k in (0, 1):
        _see(dsums[k], dbefore, peepholes[k], spare)
        _see(dsums[k], before, directions[k], spare)
        _times_slope(dsums[k], gates[k], spare)
    np.multiply(g, g, out=spare)
    np.subtract(1, spare, out=spare)
    np.multiply(dg, spare, out=dg)
    np.multiply(di, g, out=dc)
    np.add(dc, np.multiply(i, dg, out=spare), out=dc)
    for factor, cell in ((df, before), (f, dbefore)):
        if cell is not None:
            np.add(dc, np.multiply(factor, cell, out=spare), out=dc)
    _see(do, dc, peepholes[2], spare)
    _see(do, c, directions[2], spare)
    _times_slope(do, o, spare)
    np.multiply(bent, bent, out=dh)
    np.subtract(1, dh, out=dh)
    np.multiply(dh, dc, out=dh)
    np.multiply(dh, o, out=dh)
    np.add(dh, np.multiply(do, bent, out=spare), out=dh)


def _see(total, cell, peephole, spare):
    """Add ``cell * peephole``, unless one of them is None."""
    if cell is not None and peephole is not None:
        np.add(total, np.multiply(cell, peephole, out=spare), out=total)


def _logistic(a):
    """Replace a by 1 / (1 + exp(-a)) = (1 + tanh(a / 2)) / 2."""
    np.multiply(a, 0.5, out=a)
    np.tanh(a, out=a)
    np.multiply(a, 0.5, out=a)
    np.add(a, 0.5, out=a)


def _times_slope(da, s, spare):
    """Multiply by the slope of the logistic function, s (1 - s)."""
    np.subtract(1, s, out=spare)
    np.multiply(spare, s, out=spare)
    np.multiply(da, spare, out=da)
