"""dC_dx and every grad_p: right, on a kink, or wrong in a way that has a name."""

import numpy as np

from nnmods.core.tables import map_table
from nnmods.testing.compare import leaves, structure
from nnmods.testing.findings import Finding, Kink
from nnmods.testing.mistakes import errors, shapes
from nnmods.testing.mistakes.broken import Broken
from nnmods.testing.mistakes.directions import is_suspicious
from nnmods.testing.mistakes.facts import Facts
from nnmods.testing.mistakes.naming import UNKNOWN, finding_of
from nnmods.testing.mistakes.vectors import vector

#: Entries of x above which a part of it is tried first, and of x or a parameter above
#: which they are not measured one by one.
SMALL, LARGEST = 500, 20_000


def check(bench, only=None):
    """Yield the findings about derivatives; kinks are added to ``bench.kinks``."""
    try:
        dC_dx = bench.backward()
    except Broken as err:
        yield errors.of_backward(bench, err)
    else:
        yield from _measured(bench, None, dC_dx, only)
    if not bench.twins:
        return
    try:
        grads = bench.grads()
    except Broken as err:
        yield errors.of_grads(bench, err)
        return
    for i, grad in enumerate(grads):
        yield from _measured(bench, i, grad, only)


def _measured(bench, i, result, only):
    """Yield the finding about a term, if y is there beside x or the parameter."""
    try:
        yield from _check_term(bench, i, result, only)
    except Broken as err:
        if err.verb != "forward":
            raise
        bench.forward()  # if that breaks too, it is no matter of the place
        term, what = ("dC_dx", "x") if i is None else bench.twins[i][0:3:2]
        bench.notes.append(f"{term} was not measured: beside {what}, {err.message}")


def _check_term(bench, i, result, only):
    facts = None
    like = bench.x if i is None else bench.twins[i][3]
    term = "dC_dx" if i is None else bench.twins[i][0]
    if only is not None and only.term != term:
        return
    if structure(result) != structure(like):
        yield shapes.explain_shape(bench, i, result)
    elif bench.surrogate or not np.isfinite(vector(bench.y)).all():
        return
    elif not is_suspicious(bench, i, result):
        return
    elif i is None and _size(like) > SMALL and (found := _at_less(bench)) is not None:
        yield found
    elif _size(like) > LARGEST:
        yield _too_large(bench, i, term)
    else:
        facts = Facts(bench, i)
        bench.kinks += kinks_of(facts)
        if facts.wrong.any():
            found = finding_of(facts, only and only.mistake)
            if found.mistake == UNKNOWN and only is None:
                found = _with_another_sample(bench, found) or found
            yield found


def kinks_of(facts):
    """Return the kinks at which what was got may be said."""
    low, high = facts.slopes.bounds(facts.v)
    places = np.flatnonzero(facts.slopes.kinks & ~facts.wrong)
    return [
        Kink(facts.term, int(j), float(facts.got[j]), float(low[j]), float(high[j]))
        for j in places
    ]


def _with_another_sample(bench, finding):
    """Return the finding about a longer batch, if that is an error with a name.

    Where the batch is as long as another axis, sums along the wrong one fit.
    """
    if not bench.batch:
        return None
    x = map_table(lambda a: a[[0, *range(len(a))]], bench.x)
    try:
        other = [*check(bench.beside(x), finding)]
    except Broken:  # no input for it
        return None
    same = [f for f in other if f.term == finding.term and f.mistake != UNKNOWN]
    return same[0] if same else None


def _cut_down(bench):
    """Yield benches of parts of x that are small, and yet show a mistake perhaps."""
    for lengths in ((3, *7 * (None,)), (3, 8, 8, 8), (3, 5, 5, 5), (3, 2, 2, 2)):
        part = tuple(map(slice, lengths))
        x = map_table(lambda a, part=part: a[part[: a.ndim]], bench.x)
        if _size(x) <= SMALL:
            try:
                yield bench.beside(x)
            except Broken:  # no input for it
                continue


def _at_less(bench):
    """Return the finding about dC_dx of a part of x, or None if none has a name."""
    for other in _cut_down(bench):
        try:
            found = [*_check_term(other, None, other.backward(), None)]
        except Broken:
            continue
        if found and found[0].mistake != UNKNOWN:
            return found[0]
    return None


def _size(table):
    return sum(np.size(a) for a in leaves(table))


def _too_large(bench, i, term):
    return Finding(
        term,
        UNKNOWN,
        f"{term} is wrong, but has more than {LARGEST} entries, too many to say how; "
        "give a smaller module",
        "backward" if i is None else "acc_grad_params",
        shape=structure(bench.x),
    )
