"""The name of a wrong derivative: the guess that gives exactly what was got."""

import numpy as np

from nnmods.core.tables import is_table, map_table
from nnmods.testing.compare import structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes import (
    chains,
    factors,
    partners,
    places,
    statistics,
    uses,
)
from nnmods.testing.mistakes.broken import Broken
from nnmods.testing.mistakes.facts import Facts
from nnmods.testing.mistakes.vectors import vector

UNKNOWN = "unknown"
#: From the narrow to the wide: the first that fits gives the name.
GUESSES = (
    factors.plain,
    chains.weights,
    uses.powers,
    statistics.statistics,
    chains.derivatives,
    partners.partners,
    uses.shares,
    places.places,
    factors.products,
    factors.constants,
    factors.terms,
)
#: Those that may also be true of the wrong entries alone, if there are several.
IN_PART = (factors.plain, chains.derivatives, factors.constants)


def finding_of(facts, only=None):
    """Return the finding about a wrong derivative, with its name if it has one.

    With ``only``, the name of a mistake, no other is tried.
    """
    wrong, deviation = facts.wrong, None
    if facts.slopes.kinks[wrong].all():
        mistake, message = (
            "outside-slopes",
            (f"{facts.term} at a kink is neither slope of the sides, nor between them"),
        )
    elif not np.isfinite(facts.got).all():
        bad = np.sum(~np.isfinite(facts.got))
        mistake, message = (
            "not-finite",
            f"{facts.term} is not finite in {bad} of {facts.got.size} entries",
        )
    else:
        guess, deviation = _named(facts, only)
        if guess is None:
            mistake, message = UNKNOWN, _unknown(facts)
        else:
            mistake, message = guess.mistake, guess.message + _part(facts)
    return Finding(
        facts.term,
        mistake,
        message,
        facts.verb,
        got=facts.shaped(facts.got),
        expected=facts.shaped(facts.true),
        deviation=deviation,
        shape=structure(facts.bench.x),
    )


def _unknown(facts):
    wrong = facts.wrong
    ratio = (facts.got / facts.true)[wrong]
    ratio[np.isnan(ratio)] = np.inf
    return (
        f"no known mistake fits: {facts.term} differs in {wrong.sum()} of {wrong.size} "
        f"entries, first in entry {np.argmax(wrong)}; got / expected lies between "
        f"{ratio.min():.4g} and {ratio.max():.4g}"
    )


def _named(facts, only):
    """Return the first guess that fits, and how far it is off, or None twice.

    Where several fit, what they say of another input decides. Where none does, those
    are tried that leave right entries as they are.
    """
    fitting = _fitting(facts, only, GUESSES)
    if not fitting and 1 < facts.wrong.sum() < facts.wrong.size:
        facts.scope = facts.wrong
        fitting = _fitting(facts, only, IN_PART)
    return next(iter(fitting.values()), (None, None))


def _fitting(facts, only, families):
    fitting = {}
    for guess in _guesses(facts, families):
        if only not in (None, guess.mistake) or guess.mistake in fitting:
            continue
        if facts.fits(guess):
            fitting[guess.mistake] = guess, facts.deviation
    return _still_fitting(facts, fitting, families) if len(fitting) > 1 else fitting


def _guesses(facts, families):
    for family in families:
        yield from family(facts)


def _part(facts):
    """Return which entries a mistake is in, if these are not all."""
    if facts.scope.all():
        return ""
    if is_table(facts.like):
        sizes = [vector(entry).size for entry in facts.like]
        parts = np.split(facts.scope, np.cumsum(sizes)[:-1])
        which = [f"{facts.term}[{k}]" for k, part in enumerate(parts) if part.any()]
        return f" (in {' and '.join(which)}, right elsewhere)"
    return f" (in {facts.scope.sum()} of {facts.scope.size} entries, right elsewhere)"


def _still_fitting(facts, fitting, families):
    """Return the guesses that fit at another input too; all, if that tells nothing."""
    x = facts.bench.other_x()
    sizes = [x]
    if facts.n is not None and facts.n > 0:
        longer = map_table(lambda a: a[[0, *range(len(a))]], x)
        sizes.insert(0, longer)
    for other_x in sizes:
        try:
            other = Facts(facts.bench.beside(other_x), facts.i)
            if not other.has_shape or not other.wrong.any():
                continue
        except Broken:
            continue
        if not facts.scope.all():
            other.scope = other.wrong
        still = {
            g.mistake
            for g in _guesses(other, families)
            if g.mistake in fitting and other.fits(g)
        }
        if still:
            return {name: found for name, found in fitting.items() if name in still}
    return fitting
