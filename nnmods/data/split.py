"""Splitting a data set into a training and a test set."""

import dataclasses

import numpy as np

from nnmods.core import get_rng


def split(dataset, test_fraction=0.2, rng=0, stratified=True):
    """Return a training and a test set: each sample is in one of them.

    Parameters
    ----------
    dataset : Dataset
        Of N samples.
    test_fraction : float, default=0.2
        The test set gets ``round(test_fraction * N)`` samples.
    rng : int, numpy.random.Generator or None, default=0
        Chooses them; the same seed gives the same split.
    stratified : bool, default=True
        Whether each class gets its share of the test set: the whole part of
        ``test size * class size / N``, and one more for the classes with the largest
        remainders (the smaller label first) until the test set is full.

    Returns
    -------
    train, test : Dataset
        Copies, with the samples in the order in which ``dataset`` has them.

    Raises
    ------
    ValueError
        If ``test_fraction`` is not from 0 to 1.

    Examples
    --------
    >>> from nnmods.data import two_moons
    >>> split(two_moons(10, rng=0), 0.3)
    (Dataset('two moons (train)': x (7, 2) float64, 2 classes),
     Dataset('two moons (test)': x (3, 2) float64, 2 classes))
    """
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"test_fraction is {test_fraction}, expected 0 to 1")
    rng = get_rng(rng)
    n_test = round(test_fraction * len(dataset))
    if stratified:
        groups = [
            np.flatnonzero(dataset.target == k) for k in np.unique(dataset.target)
        ]
    else:
        groups = [np.arange(len(dataset))]
    chosen = np.zeros(len(dataset), bool)
    shares = _share(n_test, [len(group) for group in groups])
    for group, share in zip(groups, shares, strict=True):
        chosen[rng.choice(group, share, replace=False)] = True
    return _part(dataset, ~chosen, "train"), _part(dataset, chosen, "test")


def _share(total, sizes):
    """Return how many of ``total`` each group gets, by largest remainder."""
    n = sum(sizes) or 1
    shares = [total * size // n for size in sizes]
    remainders = [total * size % n for size in sizes]
    order = sorted(range(len(sizes)), key=lambda k: -remainders[k])  # stable
    for k in order[: total - sum(shares)]:
        shares[k] += 1
    return shares


def _part(dataset, mask, name):
    return dataclasses.replace(
        dataset,
        x=dataset.x[mask],
        target=dataset.target[mask],
        name=f"{dataset.name} ({name})",
    )
