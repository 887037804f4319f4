"""A pipeline: two pieces of work at the same time, of which one follows the other.

A recurrence cannot be shared among lanes, as each step waits for the one before. What
goes before it or comes after, such as the gradients of weights, can be done meanwhile
in the other lane.
"""

from itertools import count

from nnmods.kernels.semaphores import semaphore
from nnmods.kernels.threads import in_lanes


def pipeline(lead, follow, lanes):
    """Call ``lead``, and ``follow`` after each of its stages, and wait for both.

    Parameters
    ----------
    lead : callable
        Takes a function, which it calls after each stage.
    follow : callable
        ``follow(i)`` is called for each stage, in order, when that has been done. It
        does not write to what ``lead`` still uses, nor the other way round.
    lanes : int
        From two on, ``lead`` does not wait for it: they are in different threads.

    Raises
    ------
    BaseException
        What one of them raised.

    Examples
    --------
    >>> def lead(done):
    ...     for i in range(3):
    ...         x[i] = i
    ...         done()
    >>> def follow(i):
    ...     y[i] = x[i] * 10
    >>> x, y = [None] * 3, [None] * 3
    >>> pipeline(lead, follow, lanes=2)
    >>> y
    [0, 10, 20]
    """
    if lanes < 2:
        stages = count()
        lead(lambda: follow(next(stages)))
        return
    relay = _Relay()

    def task(lane):  # the first is called before the second, if not at the same time
        if lane == 0:
            relay.pass_all(lead)
        else:
            relay.take_all(follow)

    in_lanes(task, 2)


class _Relay:
    """What has been passed on, by one thread to another."""

    def __init__(self):
        self._stages, self._ended, self._change = 0, False, semaphore()

    def pass_all(self, lead):
        try:
            lead(self._pass)
        finally:  # or the other would wait forever
            self._ended = True
            self._change.post()

    def _pass(self):
        self._stages += 1
        self._change.post()

    def take_all(self, follow):
        for i in count():
            while self._stages <= i:
                if self._ended:
                    return
                self._change.wait()
            follow(i)
