"""The name of a wrong derivative: the guess that gives exactly what was got."""

import numpy as np

from nnmods.core.tables import map_table
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

UNKNOWN = "unknown"
#: From the narrow to the wide: the first that fits gives the name.
GUESSES = (
    factors.plain,
    chains.weights,
    uses.powers,
    chains.derivatives,
    statistics.statistics,
    partners.partners,
    uses.shares,
    places.places,
    factors.products,
    factors.constants,
)


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
            mistake, message = guess.mistake, guess.message
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
    with np.errstate(all="ignore"):
        ratio = (facts.got / facts.true)[wrong]
        ratio[np.isnan(ratio)] = np.inf
    return (
        f"no known mistake fits: {facts.term} differs in {wrong.sum()} of {wrong.size} "
        f"entries, first in entry {np.argmax(wrong)}; got / expected lies between "
        f"{ratio.min():.4g} and {ratio.max():.4g}"
    )


def _named(facts, only):
    """Return the first guess that fits, and how far it is off, or None twice.

    Where several fit, what they say of another input decides.
    """
    fitting = {}
    for guess in _guesses(facts):
        if only not in (None, guess.mistake) or guess.mistake in fitting:
            continue
        if facts.fits(guess):
            fitting[guess.mistake] = guess, facts.deviation
    if len(fitting) > 1:
        fitting = _still_fitting(facts, fitting)
    return next(iter(fitting.values()), (None, None))


def _guesses(facts):
    for family in GUESSES:
        yield from family(facts)


def _still_fitting(facts, fitting):
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
        still = {
            g.mistake for g in _guesses(other) if g.mistake in fitting and other.fits(g)
        }
        if still:
            return {name: found for name, found in fitting.items() if name in still}
    return fitting
