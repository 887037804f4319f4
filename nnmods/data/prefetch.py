"""Prefetch: the next batches are made while one is trained on."""

import operator
import weakref

from nnmods.core import get_rng
from nnmods.data.producer import Producer, Slot


class Prefetch:
    """Makes batches ahead, in a thread of its own.

    It pays where making a batch takes long, as augmentations and files do, and the loop
    leaves a processor free. Batches, and what they lead to, are those of the source to
    the last bit, whenever the loop is left, killed or gone on with.

    **State.** Batches are copied into ``depth + 1`` sets of buffers of its own; a batch
    lasts until the next is asked for. `state_dict` is that of the source after the
    batch last given, however far ahead the source is. One loop at a time: a new one
    ends that before it. The thread ends with its loop, also when that is left or
    forgotten.

    Other attributes, such as ``n_samples``, are those of the source.

    Parameters
    ----------
    batches : Minibatches or Stream
        Or another source with ``state_dict``, ``load_state_dict`` and ``restart``. It
        belongs to this object from now on, and draws from generators that nobody else
        draws from: not from the default one.
    depth : int, default=2
        Batches that are made ahead.

    Attributes
    ----------
    indices : ndarray of int or None
        Which samples the batch last given holds, if the source tells.

    Raises
    ------
    TypeError
        If ``batches`` has no state.
    ValueError
        If it draws from the default generator, or ``depth`` is less than 1.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.data import Minibatches
    >>> batches = Minibatches(np.arange(5.0), np.arange(5), 2, rng=0)
    >>> sum(len(target) for x, target in Prefetch(batches))
    5
    """

    def __init__(self, batches, depth=2):
        for verb in ("state_dict", "load_state_dict", "restart"):
            if not hasattr(batches, verb):
                raise TypeError(
                    f"Prefetch: batches has type {type(batches).__name__} without "
                    f"{verb}, expected Minibatches; Stream makes some of a function"
                )
        if operator.index(depth) < 1:
            raise ValueError(f"Prefetch: depth is {depth}, expected 1 or more")
        self.batches, self.depth = batches, depth
        self.indices, self._position = None, None
        self._slots = [Slot() for _ in range(depth + 1)]
        self._state = None  # after the batch last given, while the source is ahead
        self._producers = []  # that of the loop under way
        self._check_generators()
        weakref.finalize(self, _end_all, self._producers)  # also at exit

    def _check_generators(self):
        if any(rng is get_rng() for rng in getattr(self.batches, "rngs", ())):
            raise ValueError(
                "Prefetch: batches draws from the default generator, expected one of "
                "its own; rng=0 or another seed makes one"
            )

    @property
    def position(self):
        """Batches given in this epoch."""
        return self.batches.position if self._state is None else self._position

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        self._check_generators()
        self._leave()
        self._state = self.batches.state_dict()
        self._position = getattr(self.batches, "position", None)
        producer = Producer(self.batches, self._slots)
        self._producers.append(producer)
        producer.start()
        try:
            while (taken := producer.take()) is not None:
                slot, (x, target), self._state, self.indices, self._position = taken
                yield x, target
                if producer not in self._producers:
                    raise RuntimeError(
                        "Prefetch: a newer loop has ended this one, expected one at "
                        "a time"
                    )
                producer.give_back(slot)
            producer.end()
            self._producers.remove(producer)
            self._state = None
        finally:
            if producer in self._producers:
                self._leave()

    def _leave(self):
        """End the loop under way; the source is as after the batch last given."""
        if self._producers:
            _end_all(self._producers)
            self.batches.load_state_dict(self.state_dict())
            self.batches.restart()

    def restart(self):
        """Forget the place in the epoch: the next loop is a new one."""
        self._leave()
        self.batches.restart()
        self._state = None

    def state_dict(self):
        """Return the source's state after the batch last given."""
        if self._state is None:
            return self.batches.state_dict()
        sampler = getattr(self.batches, "sampler", None)
        if sampler is None:
            return self._state
        # Costs are reported by the loop, to which the source's own state is ahead.
        return self._state | {"sampler": sampler.state_dict()}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; errors as in the source."""
        self._leave()
        self.batches.load_state_dict(state)
        self._state = None

    def __getattr__(self, name):
        if name.startswith("_") or name == "batches":
            raise AttributeError(f"Prefetch has no attribute {name!r}")
        return getattr(self.batches, name)

    def __reduce__(self):
        return Prefetch, (self.batches, self.depth)

    def __repr__(self):
        return f"Prefetch({self.batches!r}, depth={self.depth})"


def _end_all(producers):
    while producers:
        producers.pop().end()
