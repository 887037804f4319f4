"""Minibatches: epochs of shuffled batches in buffers that are reused."""

import operator

import numpy as np

from nnmods.core.states import check_names, load_parts, states_of
from nnmods.core.tables import map_table
from nnmods.data.batch_source import BatchSource, count_samples
from nnmods.data.plan import Plan, read_only


class Minibatches:
    """Batches of samples and targets; one ``for`` loop over it is one epoch.

    **State.** Batches are copied into buffers that the object owns: a batch is
    overwritten by the next one, of this loop or of another. Copy what should last. With
    ``shuffle="never"`` batches are views of the data, unless ``batch_last``.

    `state_dict` is the place after the batch last given. After `load_state_dict` the
    next loop goes on with the batch that follows in that epoch: with none after its
    last. A loop that was left is not gone on with: the next one is a new epoch.

    Parameters
    ----------
    x, target : ndarray or table of ndarrays, each (N, ...)
        The samples and what belongs to them. Tables may be nested; batches of a table
        are lists of the same structure. dtypes are kept; copies have native byte
        order. Of arrays mapped to a file (`open_npy`) a batch at a time is read.
    batch_size : int, default=None
        Samples per batch, no more than there are; None takes 32, or all of fewer. The
        last batch of an epoch holds the rest.
    shuffle : {"epoch", "once", "never"}, default="epoch"
        A new order for each epoch, one random order for all, or the order as given.
    rng : int, numpy.random.Generator or None, default=None
        Draws the orders.
    drop_last : bool, default=False
        Whether to leave out a last batch of less than ``batch_size``.
    batch_last : bool, default=False
        Whether batches (N, C, H, W) lie in memory as (C, H, W, N), the order in which
        convolutions and poolings are fastest.
    sampler : Sampler, default=None
        Chooses the samples of each epoch in place of a shuffled order.
    transform : function, default=None
        ``transform(x, target)`` returns the pair that is given in place of each batch,
        such as an augmentation; it does not write to what it gets.

    Attributes
    ----------
    n_samples : int
        N.
    indices : ndarray of int or None
        Which samples the batch last given holds.
    position : int
        Batches given in this epoch; 0 before its first, and after the loop has ended.

    Raises
    ------
    TypeError
        If ``x`` or ``target`` holds something else than arrays, or ``transform`` does
        not return a pair.
    ValueError
        If there are no samples, arrays differ in length, a batch would be larger than
        all, ``sampler`` is for another number of samples, or an option is none of its
        values.

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
        batch_size=None,
        shuffle="epoch",
        rng=None,
        drop_last=False,
        batch_last=False,
        sampler=None,
        transform=None,
    ):
        self.n_samples = count_samples("Minibatches", x, target)
        if not (transform is None or callable(transform)):
            raise TypeError(
                f"Minibatches: transform has type {type(transform).__name__}, "
                "expected a function of x and target"
            )
        self._plan = Plan(self.n_samples, batch_size, shuffle, rng, drop_last, sampler)
        self.batch_size, self.shuffle = self._plan.batch_size, shuffle
        self.drop_last, self.sampler, self.transform = drop_last, sampler, transform
        self._where = None

        def source(array):
            return BatchSource(array, shuffle != "never", batch_last)

        self._sources = map_table(source, [x, target])

    @property
    def rngs(self):
        """The generators that are drawn from in a loop."""
        return [*self._plan.rngs, *getattr(self.transform, "rngs", ())]

    @property
    def indices(self):
        if isinstance(self._where, slice):
            return np.arange(*self._where.indices(self.n_samples))
        return None if self._where is None else read_only(self._where)

    @property
    def position(self):
        return self._plan.given

    def __len__(self):
        return len(self._plan)

    def __iter__(self):
        for order, k, where in self._plan.batches():
            batch = map_table(operator.methodcaller("batch", where), self._sources)
            if self.transform is not None:
                batch = self._transformed(*batch)
            self._plan.reach(order, k)
            self._where = where
            xb, tb = batch
            yield xb, tb
        self.restart()

    def _transformed(self, x, target):
        batch = self.transform(x, target)
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise TypeError(
                f"Minibatches: transform returned {type(batch).__name__}, "
                "expected a pair (x, target)"
            )
        return batch

    def restart(self):
        """Forget the place in the epoch: the next loop is a new one."""
        self._plan.restart()

    def state_dict(self):
        """Return the place after the batch last given, as a dict.

        It holds the states of the generator, of ``sampler`` and of ``transform``, as
        they are at this moment. Its arrays are read-only.
        """
        return self._plan.state_dict() | states_of({"transform": self.transform})

    def load_state_dict(self, state):
        """Let the next loop go on where `state_dict` was taken.

        The generator, which others may share, takes its state in place.

        Raises
        ------
        TypeError
            If ``state`` is no dict.
        ValueError
            If it is not that of such batches; nothing changes then.
        """
        parts = self._plan.parts | {"transform": self.transform}
        check_names("Minibatches", state, [*self._plan.state_dict(), "transform"])
        order, given = self._plan.check_state(state)
        load_parts("Minibatches", parts, state)
        self._plan.go_on(order, given)

    def __repr__(self):
        return (
            f"Minibatches({self.n_samples} samples, batch_size={self.batch_size}, "
            f"shuffle={self.shuffle!r}, drop_last={self.drop_last})"
        )
