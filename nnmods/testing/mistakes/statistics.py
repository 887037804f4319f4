"""Derivatives that take a mean, sum or deviation along an axis for a constant."""

import numpy as np

from nnmods.testing.mistakes.guess import Guess
from nnmods.testing.mistakes.vectors import close


def statistics(facts):
    """Yield the guesses about y = d * (x - mean), where d may depend on x as well."""
    if not facts.is_square:
        return
    for axis in range(facts.bench.x.ndim):
        for what, predicted in (
            ("mean or sum", _without_mean),
            ("mean, sum and deviation", _without_any),
            ("deviation", _without_deviation),
            ("mean", _without_mean_alone),
        ):
            yield Guess(
                "constant-statistics",
                f"dC_dx takes the {what} along axis {axis} for constant: y depends on "
                "x through that as well",
                lambda axis=axis, predicted=predicted: predicted(facts, axis),
            )


def _without_mean(facts, axis):
    """Return d * dC_dy, where d is no function of x, and any of the place."""
    x, _, dC_dy = facts.single
    n = x.shape[axis]
    # the diagonal of the Jacobian is d * (1 - 1/n)
    return np.diag(facts.slopes.J).reshape(x.shape) * n / (n - 1) * dC_dy


def _without_any(facts, axis):
    return _slope(facts, axis) * facts.bench.dC_dy


def _without_deviation(facts, axis):
    dC_dy = facts.bench.dC_dy
    return _slope(facts, axis) * (dC_dy - dC_dy.mean(axis=axis, keepdims=True))


def _without_mean_alone(facts, axis):
    share = facts.bench.dC_dy.mean(axis=axis, keepdims=True)
    return facts.array(facts.true) + _slope(facts, axis) * share


def _slope(facts, axis):
    """Return d, the same along the axis; nan where y is no such function of x."""
    x, y, _ = facts.single
    dx, dy = (a - a.mean(axis=axis, keepdims=True) for a in (x, y))
    squares = (dx * dx).sum(axis=axis, keepdims=True)
    d = (dx * dy).sum(axis=axis, keepdims=True) / squares
    return d if close(d * dx, dy) else np.full_like(d, np.nan)
