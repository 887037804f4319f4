"""Random numbers: generators only, and one default generator."""

import contextlib
import copy
import math

import numpy as np

_default = None  # made on first use: numpy.random takes a while to load


def manual_seed(seed):
    """Restart the default generator, which serves wherever ``rng`` is None.

    Parameters
    ----------
    seed : int, numpy.random.Generator or None
        The same seed gives the same numbers; None draws a seed from the system. A
        generator, such as a `Torch7Generator`, becomes the default one itself.

    Returns
    -------
    numpy.random.Generator
        The new default generator.
    """
    global _default
    _default = np.random.default_rng(seed)
    return _default


def get_rng(rng=None):
    """Return a generator: ``rng`` itself, one seeded by it, or the default one."""
    if rng is None:
        return manual_seed(None) if _default is None else _default
    return np.random.default_rng(rng)


@contextlib.contextmanager
def unmoved_rng():
    """Let a block draw from a copy of the default generator, which stays as it is."""
    rng = get_rng()
    manual_seed(copy.deepcopy(rng))
    try:
        yield
    finally:
        manual_seed(rng)


def uniform_bound(stdv, fan_in):
    """Return the bound of Torch7's uniform initial values.

    Parameters
    ----------
    stdv : float or None
        The standard deviation wanted; None means 1/sqrt(3 fan_in).
    fan_in : int
        The number of inputs of one output.

    Examples
    --------
    >>> uniform_bound(None, 4), uniform_bound(1.0, 4)
    (0.5, 1.7320508075688772)
    """
    return 1 / math.sqrt(max(fan_in, 1)) if stdv is None else stdv * math.sqrt(3)
