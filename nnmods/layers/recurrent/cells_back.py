"""The ways back through the cells of LSTM and GRU, as they stand in the books.

`lstm_cell`, `peephole_cell` and `gru_cell` compute the same in place, for training.
These formulas take values with tangents, `Dual`, and so return second derivatives too.
"""

#: Of a cell that no gate sees.
NO_PEEPHOLES = (None,) * 4


def lstm_back(gates, peepholes, before, bent, dh, dc):
    """Return the gradients of the sums in i, f, o, g, and of the cell before.

    Parameters
    ----------
    gates : list of Dual
        i, f, o, g.
    peepholes : list of Dual or None
        Of the same gates; None for one that does not see the cell.
    before, bent : Dual
        The cell before, and tanh of the new one.
    dh, dc : Dual
        The gradients by h, and by c apart from its way through h.
    """
    i, f, o, g = gates
    sum_o = dh * bent * _slope(o)
    dc = _seen(dc + dh * o * (1 - bent * bent), sum_o, peepholes[2])
    sum_i = dc * g * _slope(i)
    sum_f = dc * before * _slope(f)
    sum_g = dc * i * (1 - g * g)
    dbefore = _seen(dc * f, sum_i, peepholes[0])
    dbefore = _seen(dbefore, sum_f, peepholes[1])
    return [sum_i, sum_f, sum_o, sum_g], dbefore


def gru_back(gates, before, dh, weights):
    """Return the gradients of the sums in r, u, n, and of h before.

    Parameters
    ----------
    gates : list of Dual
        r, u, n.
    before, dh : Dual
        h before, and the gradient by the new one.
    weights : list of Dual
        What h before is multiplied with for r and u, and r h for n, (H, H) each.
    """
    r, u, n = gates
    of_r, of_u, of_n = weights
    sum_n = dh * (1 - u) * (1 - n * n)
    sum_u = dh * (before - n) * _slope(u)
    dreset = sum_n @ of_n.T
    sum_r = dreset * before * _slope(r)
    dbefore = dh * u + dreset * r + sum_r @ of_r.T + sum_u @ of_u.T
    return [sum_r, sum_u, sum_n], dbefore


def _slope(s):
    """Return the slope of the logistic function, of its value s."""
    return s * (1 - s)


def _seen(total, dsum, peephole):
    """Return a gradient by a cell with that of a gate which sees it."""
    return total if peephole is None else total + dsum * peephole
