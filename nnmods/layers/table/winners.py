"""Which entries are the largest."""

import numpy as np


def largest(x, out):
    """Write the largest of a table of arrays, entry by entry, into ``out``."""
    out[...] = x[0]
    for i in range(1, len(x)):
        np.maximum(out, x[i], out=out)
    return out


def last_winners(x, work):
    """Yield (i, mask), from the last array of a table to the first.

    Each place is marked once, for the last array that has the largest number, or a
    NaN, there. The next mask overwrites the one before.
    """
    shape = x[0].shape
    y = largest(x, work("y", shape, np.result_type(*x)))
    winner, is_nan = work("winner", shape, bool), work("is_nan", shape, bool)
    free = work("free", shape, bool)
    free.fill(True)
    for i in range(len(x) - 1, 0, -1):
        np.equal(x[i], y, out=winner)
        np.not_equal(x[i], x[i], out=is_nan)
        np.logical_or(winner, is_nan, out=winner)
        np.logical_and(winner, free, out=winner)
        np.greater(free, winner, out=free)  # free and not won
        yield i, winner
    yield 0, free  # whatever is left
