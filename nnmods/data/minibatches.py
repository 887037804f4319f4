"""Minibatches: epochs of shuffled batches in buffers that are reused."""

import operator

import numpy as np

from nnmods.core import get_rng
from nnmods.core.tables import map_table
from nnmods.data.batch_source import BatchSource


class Minibatches:
    """Batches of samples and targets; one ``for`` loop over it is one epoch.

    **State.** Batches are copied into buffers that the object owns: a batch is
    overwritten by the next one, of this loop or of another. Copy what should last. With
    ``shuffle="never"`` batches are views of the data, unless ``batch_last``.

    Parameters
    ----------
    x, target : ndarray or table of ndarrays, each (N, ...)
        The samples and what belongs to them. Tables may be nested; batches of a table
        are lists of the same structure. dtypes are kept; copies have native byte
        order.
    batch_size : int, default=32
        Samples per batch. The last batch of an epoch holds the rest.
    shuffle : {"epoch", "once", "never"}, default="epoch"
        A new order for each epoch, one random order for all, or the order as given.
    rng : int, numpy.random.Generator or None, default=None
        Draws the orders.
    drop_last : bool, default=False
        Whether to leave out a last batch of less than ``batch_size``.
    batch_last : bool, default=False
        Whether batches (N, C, H, W) lie in memory as (C, H, W, N), the order in which
        convolutions and poolings are fastest.

    Raises
    ------
    TypeError
        If ``x`` or ``target`` holds something else than arrays.
    ValueError
        If there are no samples, arrays differ in length, ``drop_last`` leaves no batch,
        or an option is none of its values.

    Examples
    --------
    >>> batches = Minibatches(np.arange(5.0), np.arange(5), 2, shuffle="never")
    >>> [xb.tolist() for xb, tb in batches]
    [[0.0, 1.0], [2.0, 3.0], [4.0]]
    """

    def __init__(
        self,
        x,
        target,
        batch_size=32,
        shuffle="epoch",
        rng=None,
        drop_last=False,
        batch_last=False,
    ):
        if shuffle not in ("epoch", "once", "never"):
            raise ValueError(
                f"Minibatches: shuffle is {shuffle!r}, "
                "expected 'epoch', 'once' or 'never'"
            )
        if operator.index(batch_size) < 1:
            raise ValueError(
                f"Minibatches: batch_size is {batch_size}, expected 1 or more"
            )
        self.n_samples = _count_samples(x, target)
        if drop_last and self.n_samples < batch_size:
            raise ValueError(
                f"Minibatches: batch_size is {batch_size}, expected at most the "
                f"{self.n_samples} samples there are; drop_last leaves no batch"
            )
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self._rng = get_rng(rng)
        self._order = None
        if shuffle == "once":
            self._order = self._rng.permutation(self.n_samples)
        longest = min(batch_size, self.n_samples)

        def source(array):
            return BatchSource(array, longest, shuffle != "never", batch_last)

        self._sources = map_table(source, [x, target])

    def __len__(self):
        if self.drop_last:
            return self.n_samples // self.batch_size
        return -(-self.n_samples // self.batch_size)

    def __iter__(self):
        order = self._order
        if self.shuffle == "epoch":
            order = self._rng.permutation(self.n_samples)
        for k in range(len(self)):
            where = slice(k * self.batch_size, (k + 1) * self.batch_size)
            if order is not None:
                where = order[where]
            xb, tb = map_table(operator.methodcaller("batch", where), self._sources)
            yield xb, tb

    def __repr__(self):
        return (
            f"Minibatches({self.n_samples} samples, batch_size={self.batch_size}, "
            f"shuffle={self.shuffle!r}, drop_last={self.drop_last})"
        )


def _count_samples(x, target):
    """Return the common length of all arrays."""
    lengths = []

    def add(array):
        if not isinstance(array, np.ndarray) or array.ndim < 1:
            raise TypeError(
                f"Minibatches: x or target holds {type(array).__name__}, "
                "expected arrays (N, ...) or tables of them"
            )
        lengths.append(len(array))

    map_table(add, x)
    of_x = len(lengths)
    map_table(add, target)
    if not 0 < of_x < len(lengths):
        raise ValueError("Minibatches: x or target is an empty table, expected arrays")
    if len(set(lengths)) > 1:
        raise ValueError(
            f"Minibatches: x has lengths {lengths[:of_x]} and target {lengths[of_x:]}, "
            "expected one common length"
        )
    if lengths[0] == 0:
        raise ValueError("Minibatches: x has 0 samples, expected 1 or more")
    return lengths[0]
