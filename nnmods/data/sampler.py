"""Sampler: what chooses the samples of an epoch."""

import operator

import numpy as np

from nnmods.core.states import check_names


class Sampler:
    """Base class: a subclass gives `order`, and its state if it has one.

    Parameters
    ----------
    n_samples : int
        Samples to choose among.
    n_draws : int, default=None
        Samples that an epoch presents; None stands for ``n_samples``.
    """

    def __init__(self, n_samples, n_draws=None):
        self.n_samples = operator.index(n_samples)
        self.n_draws = self.n_samples if n_draws is None else operator.index(n_draws)
        for name in ("n_samples", "n_draws"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"{type(self).__name__}: {name} is {getattr(self, name)}, "
                    "expected 1 or more"
                )

    def order(self, rng, batch_size):
        """Return the indices of the samples of a new epoch, batch after batch.

        Parameters
        ----------
        rng : numpy.random.Generator
        batch_size : int

        Returns
        -------
        ndarray of int, shape (n_draws,)
            An array of its own, which nobody writes to later.
        """
        raise NotImplementedError

    def state_dict(self):
        """Return what later orders depend on, besides the generator: here nothing."""
        return {}

    def load_state_dict(self, state):
        """Take over what `state_dict` returned."""
        check_names(type(self).__name__, state, ())

    def __repr__(self):
        return (
            f"{type(self).__name__}({self.n_samples} samples, {self.n_draws} an epoch)"
        )


def as_classes(owner, target):
    """Return the class of each sample as an integer from 0 on, and their number.

    Raises
    ------
    TypeError
        If ``target`` is no array of integers.
    ValueError
        If it is not (N,), or empty.
    """
    if not isinstance(target, np.ndarray) or target.dtype.kind not in "iu":
        got = getattr(target, "dtype", type(target).__name__)
        raise TypeError(f"{owner}: target has type {got}, expected integer labels")
    if target.ndim != 1 or not len(target):
        raise ValueError(
            f"{owner}: target has shape {target.shape}, expected (N,) with N > 0"
        )
    found, classes = np.unique(target, return_inverse=True)
    return classes, len(found)


def as_amounts(owner, argument, values):
    """Return a float64 copy of numbers, once known to be finite and not negative.

    Raises
    ------
    ValueError
        Which names the first that is not.
    """
    values = np.array(values, np.float64)
    bad = np.argwhere(~((values >= 0) & (values < np.inf)))
    if len(bad):
        at = tuple(bad[0].tolist())
        raise ValueError(
            f"{owner}: {argument} has value {values[at]} at "
            f"{at[0] if len(at) == 1 else at}, expected finite numbers >= 0"
        )
    return values
