"""Samplers that look at classes: Balanced, Stratified."""

import numpy as np

from nnmods.data.sampler import Sampler, as_classes


class Balanced(Sampler):
    """Presents each class equally often, however many samples it has.

    The classes take turns, in a random cycle drawn for each epoch, so that in any batch
    the counts of two classes differ by 1 at most. Within a class, samples come in
    random order, each once before any comes again: those of a small class are repeated,
    and an epoch leaves out some of a large one.

    Parameters
    ----------
    target : ndarray of int, shape (N,)
        The labels. Classes are those that occur.
    n_draws : int, default=None
        Samples in an epoch; None stands for N.

    Examples
    --------
    >>> target = np.array([0, 0, 0, 0, 0, 1])
    >>> order = Balanced(target).order(np.random.default_rng(0), 2)
    >>> np.bincount(target[order])
    array([3, 3])
    """

    def __init__(self, target, n_draws=None):
        self._classes, self._n_classes = as_classes("Balanced", target)
        super().__init__(len(target), n_draws)

    def order(self, rng, batch_size):
        order = np.empty(self.n_draws, np.intp)
        for turn, k in enumerate(rng.permutation(self._n_classes)):
            members = np.flatnonzero(self._classes == k)
            places = order[turn :: self._n_classes]  # a view
            rounds = -(-len(places) // len(members))
            drawn = [rng.permutation(members) for _ in range(rounds)]
            if drawn:
                places[...] = np.concatenate(drawn)[: len(places)]
        return order


class Stratified(Sampler):
    """Presents each sample once an epoch, each class in its proportion in each batch.

    Of a class with n of the N samples, a batch of size B holds n B / N, rounded down or
    up. So it holds every class with n >= N / B. This goes for the last batch too, of
    the size that is left for it.

    Each batch is a systematic sample: the samples, in random order within each class
    and sorted by class, are dealt out like cards.

    Parameters
    ----------
    target : ndarray of int, shape (N,)
        The labels.

    Examples
    --------
    >>> target = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
    >>> order = Stratified(target).order(np.random.default_rng(0), 3)
    >>> target[order].reshape(3, 3).sum(axis=1)
    array([1, 1, 1])
    """

    def __init__(self, target):
        self._classes, _ = as_classes("Stratified", target)
        super().__init__(len(target))

    def order(self, rng, batch_size):
        n, full = self.n_samples, self.n_samples // batch_size
        rest = n - full * batch_size
        deck = rng.permutation(n)
        deck = deck[np.argsort(self._classes[deck], kind="stable")]
        # The last batch takes every (n / rest)-th card, from a random one on.
        last = (np.arange(rest) * n + rng.integers(n)) // max(rest, 1)
        others = np.delete(deck, last).reshape(batch_size, full)
        # Card i goes to batch i modulo their number; batches are then in random order.
        batches = others.T[rng.permutation(full)]
        return np.concatenate([batches.reshape(-1), deck[last]])
