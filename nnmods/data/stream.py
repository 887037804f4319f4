"""Stream: batches that a user's function makes."""

import copy
import itertools
import operator

from nnmods.core import get_rng
from nnmods.core.generators import generator_state
from nnmods.core.states import Restorable, check_names, load_parts, states_of


class Stream:
    """Batches of what a function returns, which is called anew for each epoch.

    **State.** The number of batches given in the epoch under way. To go on, the
    function is called again, and as many batches are skipped: it must make the same
    ones. With ``rng`` it does, as the generator is first put back to where the epoch
    began. What it returns may instead have ``state_dict`` and ``load_state_dict`` of
    its own, which are used then, and nothing is skipped.

    Parameters
    ----------
    make : function
        Returns an iterable of pairs (x, target), such as a generator. It is called
        without arguments, or with ``rng`` if there is one.
    length : int, default=None
        Batches in an epoch, what ``len(stream)`` says. It may be unknown.
    rng : int, numpy.random.Generator or None, default=None
        Handed to ``make``, which draws from it alone.

    Attributes
    ----------
    position : int
        Batches given in this epoch; 0 before its first, and after the loop has ended.

    Raises
    ------
    TypeError
        If ``make`` is no function: a generator would last for one epoch only.

    Examples
    --------
    >>> import numpy as np
    >>> def squares():
    ...     for k in range(3):
    ...         yield np.array([k]), np.array([k * k])
    >>> stream = Stream(squares, length=3)
    >>> [target.item() for x, target in stream]
    [0, 1, 4]
    """

    def __init__(self, make, length=None, rng=None):
        if not callable(make):
            raise TypeError(
                f"Stream: make has type {type(make).__name__}, expected a function "
                "that returns an iterable of batches, a new one for each epoch"
            )
        self._make = make
        self._length = None if length is None else operator.index(length)
        self._rng = None if rng is None else get_rng(rng)
        self.restart()

    @property
    def rngs(self):
        """The generators that are drawn from."""
        return [] if self._rng is None else [self._rng]

    def __len__(self):
        if self._length is None:
            raise TypeError("Stream: length is None, expected a number of batches")
        return self._length

    def __iter__(self):
        pending, self._pending = self._pending, None
        if pending is None:
            start, done = self._generator_state(), 0
            made = self._make(*self.rngs)
            batches = iter(made)
        else:
            start, done = pending["start"], pending["given"]
            self._put(start, start)
            made = self._make(*self.rngs)
            batches = _go_on(made, done, pending["source"])
            self._put(start, pending["rng"])
        for position, batch in enumerate(batches, done + 1):
            self.position, self._start, self._made = position, start, made
            x, target = batch
            yield x, target
        self.restart()

    def restart(self):
        """Forget the place in the epoch: the next loop is a new one."""
        self.position, self._start, self._made, self._pending = 0, None, None, None

    def state_dict(self):
        """Return the place after the batch last given, as a dict."""
        if self._pending is not None:
            return copy.deepcopy(self._pending)
        now = self._generator_state()
        start = self._start if self.position else now
        own = {"given": self.position, "start": start, "rng": now}
        return own | states_of({"source": self._made})

    def load_state_dict(self, state):
        """Let the next loop go on where `state_dict` was taken.

        Raises
        ------
        TypeError
            If ``state`` is no dict.
        ValueError
            If it is not that of such a stream; nothing changes then.
        """
        check_names("Stream", state, ["given", "start", "rng", "source"])
        given = operator.index(state["given"])
        if given < 0 or self._length is not None and given > self._length:
            raise ValueError(
                f"Stream: state has {given} batches given, expected 0 to {self._length}"
            )
        self._put(state["start"], state["rng"])
        self.restart()
        if given:
            self.position, self._pending = given, copy.deepcopy(state)

    def _put(self, start, now):
        """Put the generator to a state, once the one it had at the start is known."""
        rng = None if self._rng is None else Restorable("Stream", self._rng)
        load_parts("Stream", {"start": rng, "rng": rng}, {"start": start, "rng": now})

    def _generator_state(self):
        return None if self._rng is None else generator_state(self._rng)

    def __repr__(self):
        name = getattr(self._make, "__name__", type(self._make).__name__)
        return f"Stream({name}, length={self._length})"


def _go_on(made, done, state):
    """Return an iterator of the batches that follow those that are done with."""
    if state is not None:
        if not hasattr(made, "load_state_dict"):
            raise TypeError(
                f"Stream: make returned {type(made).__name__}, expected an object "
                "with load_state_dict as when the state was saved"
            )
        made.load_state_dict(state)
        return iter(made)
    batches = iter(made)
    skipped = sum(1 for _ in itertools.islice(batches, done))
    if skipped < done:
        raise ValueError(
            f"Stream: make gave {skipped} batches, expected the {done} that were "
            "given when the state was saved"
        )
    return batches
