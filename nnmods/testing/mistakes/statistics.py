"""Derivatives that take a mean, sum or deviation along some axes for a constant."""

from itertools import chain, combinations, permutations

import numpy as np

from nnmods.testing.mistakes.guess import Guess
from nnmods.testing.mistakes.vectors import close


def statistics(facts):
    """Yield the guesses about y = gain * d * (x - mean) + bias, with d of x as well."""
    if not facts.is_square or facts.is_diagonal:
        return
    n = facts.bench.x.ndim
    for axes in chain(*(combinations(range(n), k) for k in range(1, n + 1))):
        yield _guess("mean or sum", axes, lambda axes=axes: _without_mean(facts, axes))
        for scaling in _scalings(facts):
            for what, predicted in (
                ("mean, sum and deviation", _without_any),
                ("deviation", _without_deviation),
                ("mean", _without_mean_alone),
            ):
                yield _guess(
                    what,
                    axes,
                    lambda axes=axes, scaling=scaling, predicted=predicted: predicted(
                        facts, axes, *_slope(facts, axes, *scaling)
                    ),
                )


def _guess(what, axes, predicted):
    along = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
    return Guess(
        "constant-statistics",
        f"dC_dx takes the {what} along {along} for constant: y depends on x through "
        "that as well",
        predicted,
    )


def _scalings(facts):
    """Yield the gain and bias that may come after: none, or parameters shaped so."""
    shape = facts.bench.x.shape
    shaped = [p for _, p in facts.weights() if p.shape == shape[len(shape) - p.ndim :]]
    yield 1.0, 0.0
    yield from ((p, 0.0) for p in shaped)
    yield from permutations(shaped, 2)


def _without_mean(facts, axes):
    """Return d * dC_dy, where d is no function of x, and any of the place."""
    x, _, dC_dy = facts.single
    n = np.prod([x.shape[axis] for axis in axes])
    # the diagonal of the Jacobian is d * (1 - 1/n)
    return np.diag(facts.slopes.J).reshape(x.shape) * n / (n - 1) * dC_dy


def _without_any(facts, axes, d, v):
    return d * v


def _without_deviation(facts, axes, d, v):
    return d * (v - v.mean(axis=axes, keepdims=True))


def _without_mean_alone(facts, axes, d, v):
    return facts.array(facts.true) + d * v.mean(axis=axes, keepdims=True)


def _slope(facts, axes, gain, bias):
    """Return d, the same along the axes, and the gradient behind the gain.

    d is nan where y is no such function of x.
    """
    x, y, dC_dy = facts.single
    y = (y - bias) / gain
    dx, dy = (a - a.mean(axis=axes, keepdims=True) for a in (x, y))
    squares = (dx * dx).sum(axis=axes, keepdims=True)
    d = (dx * dy).sum(axis=axes, keepdims=True) / squares
    return d if close(d * dx, dy) else np.full_like(d, np.nan), gain * dC_dy
