"""Random numbers: generators only, and one default generator."""

import numpy as np

_default = None  # made on first use: numpy.random takes a while to load


def manual_seed(seed):
    """Restart the default generator, which serves wherever ``rng`` is None.

    Parameters
    ----------
    seed : int or None
        The same seed gives the same numbers; None draws a seed from the system.

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
