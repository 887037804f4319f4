"""Derivatives in which some share of the sum is missing."""

import math
from itertools import combinations

import numpy as np

from nnmods.core.tables import copied, is_table
from nnmods.testing.compare import EXACT, leaves
from nnmods.testing.mistakes.guess import Guess
from nnmods.testing.mistakes.vectors import is_real, vector


def shares(facts):
    """Yield the guesses that some of dC_dy is not counted."""
    term, n = facts.term, facts.n
    y, dC_dy = facts.bench.y, facts.bench.dC_dy
    if n is not None and n > 1 and all(len(a) == n for a in leaves(dC_dy) if a.ndim):
        for which, name in ((0, "first"), (-1, "last")):
            yield Guess(
                "one-sample-only",
                f"{term} has the share of the {name} sample alone: sum over the batch",
                lambda which=which: facts.back(facts.of_sample(which)),
            )
    if is_table(y) and len(y) > 1:
        for k in range(len(y)):
            yield Guess(
                "use-not-summed",
                f"{term} has what comes back through y[{k}] alone: the gradients of "
                "all uses are to be summed",
                lambda k=k: facts.back(_only(dC_dy, k)),
            )
            yield Guess(
                "use-not-summed",
                f"{term} lacks what comes back through y[{k}]: the gradients of all "
                "uses are to be summed",
                lambda k=k: facts.true - facts.back(_only(dC_dy, k)),
            )
    for order in _orders(y):
        for name, sign in (("last", 1), ("first", -1)):
            yield Guess(
                "use-not-summed",
                f"{term} has what comes back from the {name} use alone, where an entry "
                "is used several times: sum over its uses (+= in a loop; np.add.at, "
                "not +=, for repeated indices)",
                lambda order=sign * order: _single_use(facts, order),
            )
    if facts.single:
        yield from _halves(facts)
    yield from _partly(facts)


def powers(facts):
    """Yield the guess that one factor of several, all of them x, is counted."""
    term = facts.term
    for degree in (2, 3):
        yield Guess(
            "use-not-summed",
            f"{term} is 1/{degree} of what it should be, and y grows with power "
            f"{degree} of x: each of the {degree} uses has a share, and one is counted",
            lambda degree=degree: _share_of_power(facts, degree),
        )


def _only(dC_dy, k):
    alone = copied(dC_dy)
    for i, entry in enumerate(alone):
        for a in leaves(entry):
            a[...] = a if i == k else 0
    return alone


def _orders(y):
    """Yield when loops over some axes of y come to each of its entries."""
    size = vector(y).size
    yield np.arange(size)
    if is_table(y):
        return
    for start, end in combinations(range(y.ndim + 1), 2):
        lengths = [n if start <= i < end else 1 for i, n in enumerate(y.shape)]
        turns = np.arange(math.prod(lengths)).reshape(lengths)
        if len(turns.reshape(-1)) < size:
            yield np.broadcast_to(turns, y.shape).reshape(-1)


def _single_use(facts, order):
    """Keep the entries of y that come last in an order, for each entry of x."""
    J = facts.slopes.J
    turns = np.where(J != 0, order[:, None], -np.inf)
    return np.where(turns == turns.max(axis=0), J, 0).T @ facts.v


def _halves(facts):
    """Keep one block of y along an axis: of y made of several functions of x."""
    dC_dy = facts.bench.dC_dy
    for axis in range(dC_dy.ndim):
        for parts in (2, 3):
            if dC_dy.shape[axis] % parts or dC_dy.shape[axis] == 0:
                continue
            for k in range(parts):
                alone = np.zeros_like(dC_dy)
                target = np.split(alone, parts, axis)[k]
                target[...] = np.split(dC_dy, parts, axis)[k]
                yield Guess(
                    "use-not-summed",
                    f"{facts.term} has what comes back through part {k} of {parts} of "
                    f"y along axis {axis} alone: sum over the parts",
                    lambda alone=alone: facts.back(alone),
                )


def _share_of_power(facts, degree):
    """The share of one use, if y is a product of that many uses of x."""
    bench = facts.bench
    doubled = [2 * a if is_real(a) else a for a in leaves(bench.x)]
    y = bench.forward(doubled if is_table(bench.x) else doubled[0])
    np.testing.assert_allclose(vector(y), 2**degree * vector(bench.y), EXACT)
    return facts.true / degree


def _partly(facts):
    """Right where it is not 0, or where it should not be."""
    got, true = facts.got, facts.true
    kept = got != 0
    lost = int(np.sum(~kept & (np.abs(true) > facts.tolerance)))
    yield Guess(
        "entries-left-out",
        f"{facts.term} is 0 in {lost} of {got.size} entries where it should not be, "
        "and right elsewhere",
        lambda: np.where(kept, true, 0),
    )
    wanted = np.abs(true) > facts.tolerance
    yield Guess(
        "entries-too-many",
        f"{facts.term} is not 0 in {np.sum(kept & ~wanted)} of {got.size} entries "
        "where it should be, and right elsewhere",
        lambda: np.where(wanted, true, got if wanted.any() else np.nan),
    )
