"""Derivatives whose numbers are right, and stand at wrong places."""

import numpy as np

from nnmods.core.tables import is_table
from nnmods.testing.mistakes.guess import Guess
from nnmods.testing.mistakes.vectors import vector


def places(facts):
    """Yield the guesses that right numbers stand at wrong places."""
    term, true, like = facts.term, facts.true, facts.like
    if is_table(like):
        n = len(like)
        turns = [("swapped", np.arange(n)[::-1])] + [
            ("turned", np.roll(np.arange(n), k)) for k in (1, -1) if n > 2
        ]
        for name, order in turns:
            yield Guess(
                "swapped-inputs",
                f"the entries of the table {term} are {name}: the gradient by x[0] "
                "comes first",
                lambda order=order: _reordered(facts, order),
            )
        return
    for axis in range(np.ndim(like)):
        yield Guess(
            "flipped",
            f"{term} runs backwards along axis {axis}",
            lambda axis=axis: np.flip(facts.array(true), axis),
        )
        for step in (1, -1):
            yield Guess(
                "shifted",
                f"{term} is off by one place along axis {axis}",
                lambda axis=axis, step=step: _shifted(facts, axis, step),
            )
        yield Guess(
            "summed-too-far",
            f"{term} is summed along its axis {axis}, along which it should not be",
            lambda axis=axis: _summed(facts, axis),
        )
        yield Guess(
            "averaged",
            f"{term} is averaged along its axis {axis}",
            lambda axis=axis: _spread(facts, axis, np.mean),
        )
        for other in range(axis):
            yield Guess(
                "transposed-result",
                f"{term} has its axes {other} and {axis} swapped",
                lambda a=axis, b=other: np.swapaxes(facts.array(true), a, b),
            )


def _reordered(facts, order):
    sizes = np.cumsum([vector(entry).size for entry in facts.like])[:-1]
    parts = np.split(facts.true, sizes)
    return np.concatenate([parts[k] for k in order])


def _shifted(facts, axis, step):
    rolled = np.roll(facts.array(facts.true), step, axis)
    edge = [slice(None)] * rolled.ndim
    edge[axis] = 0 if step > 0 else -1
    got = facts.array(facts.got)
    rolled[tuple(edge)] = got[tuple(edge)]  # what comes in from outside is open
    return rolled


def _summed(facts, axis):
    if np.max(np.ptp(facts.array(facts.true), axis=axis)) <= facts.tolerance:
        return None  # of equal entries a sum is but a factor
    return _spread(facts, axis, np.sum)


def _spread(facts, axis, how):
    array = facts.array(facts.true)
    return np.broadcast_to(how(array, axis=axis, keepdims=True), array.shape)
