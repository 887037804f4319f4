"""Connection tables of mapped convolutions: which input feeds which output.

A table is an integer array (connections, 2) of pairs (input, output), counted from 0.
"""

import numpy as np

from nnmods.core import get_rng
from nnmods.core.arrays import as_size


def full(n_in, n_out):
    """Return the table that connects every input with every output.

    Examples
    --------
    >>> full(2, 1).tolist()
    [[0, 0], [1, 0]]
    """
    n_in, n_out = as_size("full", "n_in", n_in), as_size("full", "n_out", n_out)
    inputs, outputs = np.arange(n_in), np.arange(n_out)
    return np.stack([np.tile(inputs, n_out), np.repeat(outputs, n_in)], axis=1)


def one_to_one(n):
    """Return the table that connects each input with the output of its number.

    Examples
    --------
    >>> one_to_one(2).tolist()
    [[0, 0], [1, 1]]
    """
    numbers = np.arange(as_size("one_to_one", "n", n))
    return np.stack([numbers, numbers], axis=1)


def random(n_in, n_out, n_to, rng=None):
    """Return a table that connects each output with ``n_to`` inputs drawn at random.

    The inputs are dealt out like cards, ``n_to`` at a time, and shuffled anew when
    fewer than that are left: they serve about equally often.

    Parameters
    ----------
    n_in, n_out, n_to : int
    rng : int, numpy.random.Generator or None, default=None

    Raises
    ------
    ValueError
        If ``n_to`` is not from 1 to ``n_in``.

    Examples
    --------
    >>> random(4, 3, 2, rng=0).shape
    (6, 2)
    """
    n_in, n_out = as_size("random", "n_in", n_in), as_size("random", "n_out", n_out)
    n_to = as_size("random", "n_to", n_to)
    if not 1 <= n_to <= n_in:
        raise ValueError(f"random: n_to is {n_to}, expected from 1 to n_in, {n_in}")
    rng = get_rng(rng)
    hands = n_in // n_to  # of one shuffle
    # One shuffle more than is dealt where they come out even, as Torch7 draws it.
    shuffles = [rng.permutation(n_in) for _ in range(n_out // hands + 1)]
    dealt = np.concatenate([order[: hands * n_to] for order in shuffles])
    return np.stack([dealt[: n_out * n_to], np.repeat(np.arange(n_out), n_to)], axis=1)
