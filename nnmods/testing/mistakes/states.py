"""States: what a module remembers of calls before, and should not."""

from nnmods.core.tables import copied, is_table, map_table
from nnmods.testing.compare import leaves, structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.broken import Broken, term_of, verb_of
from nnmods.testing.mistakes.vectors import close, vector


def check(bench, only=None):
    """Yield the findings about state."""
    yield from _after_another(bench)
    if not bench.is_container and bench.twins:
        yield from _order(bench)
    if bench.batch is not None and bench.batch > 1:
        yield from _smaller_batch(bench)


def _results(bench, x, dC_dy):
    """Return {term: vector} of one call of all verbs."""
    bench.zero()
    y = bench.forward(x)
    found = {"y": y, "dC_dx": copied(bench.call("backward", copied(x), copied(dC_dy)))}
    bench.call("acc_grad_params", copied(x), copied(dC_dy))
    grads = zip(bench.twins, bench.read(), strict=True)
    return found | {twin[0]: grad for twin, grad in grads}


def _after_another(bench):
    """The same call, in a fresh copy and in one that was used with another x."""
    other_x, dC_dy = bench.other_x(), bench.dC_dy
    try:
        used, apart = bench.beside(other_x), bench.beside(other_x)
    except Broken:
        return  # the other x is none for it
    fresh = bench.beside()
    _results(used, other_x, used.direction(bench.y))
    _results(fresh, bench.x, dC_dy)
    wanted = _results(bench.beside(), bench.x, dC_dy)
    others = _results(apart, other_x, dC_dy)
    got = _results(used, bench.x, dC_dy)
    again = _results(fresh, bench.x, dC_dy)
    for term in [*wanted][1:]:
        a, b, c = (vector(results[term]) for results in (got, wanted, others))
        twice = vector(again[term])
        if close(twice, 2 * b) and not close(twice, b):
            message = (
                f"{term} of a second call is added to that of the first: start from 0"
            )
            yield _finding(bench, term, "result-accumulated", message, twice, b)
        elif close(a, b):
            continue
        elif close(a, c):
            message = (
                f"{term} is that of an earlier call: what forward keeps is not renewed "
                "in each call"
            )
            yield _finding(bench, term, "stale-state", message, a, b)
        elif close(vector(got["y"]), vector(wanted["y"])):
            message = f"{term} depends on calls before the last forward"
            yield _finding(bench, term, "stale-state", message, a, b)


def _order(bench):
    """A leaf's two verbs after forward may come in either order."""
    wanted = bench.grads()
    bench = bench.beside()  # in which backward has left nothing behind
    bench.forward()
    term = bench.twins[0][0]
    text = "acc_grad_params needs backward before it: compute what it needs from x"
    try:
        bench.call("acc_grad_params", copied(bench.x), copied(bench.dC_dy))
    except Broken as err:
        message = f"{text} ({err.message})"
        yield _finding(bench, term, "needs-backward", message, None, None)
        return
    for (term, *_), a, b in zip(bench.twins, bench.read(), wanted, strict=True):
        if not close(a, b):
            yield _finding(bench, term, "needs-backward", text, a, b)


def _smaller_batch(bench):
    """Buffers of an earlier, larger batch."""
    part = map_table(lambda a: a[:-1].copy(), bench.x)
    try:
        fresh = bench.beside(part)
        wanted = _results(fresh, part, fresh.dC_dy)
    except Broken:
        return  # no input for it
    used = bench.beside()
    try:
        _results(used, bench.x, bench.dC_dy)
        got = _results(used, part, fresh.dC_dy)
    except Broken as err:
        text = f"works once, but not after a larger batch: {err.message}"
        term = term_of(err.verb, bench)
        yield _finding(bench, term, "stale-buffer", text, None, None, err.verb)
        return
    for term in wanted:
        if structure(got[term]) != structure(wanted[term]):
            message = f"{term} has the shape of an earlier, larger batch"
            yield _finding(bench, term, "stale-buffer", message, None, None)
            return


def _finding(bench, term, mistake, message, got, expected, verb=None):
    like = bench.x if term == "dC_dx" else None
    if got is not None and like is not None and not is_table(like):
        got, expected = (
            a.reshape(like.shape) if a.size == leaves(like)[0].size else a
            for a in (got, expected)
        )
    return Finding(
        term, mistake, message, verb or verb_of(term), got=got, expected=expected,
        shape=structure(bench.x),
    )  # fmt: skip
