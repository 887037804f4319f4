"""Memory: arguments that are written to, and buffers that are two things at once."""

import numpy as np

from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import leaves, structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.broken import Broken
from nnmods.testing.mistakes.sources import place_of_error
from nnmods.testing.mistakes.vectors import equal

VERBS = ("forward", "backward", "acc_grad_params")


def check(bench, only=None):
    """Yield the findings about memory."""
    yield from _arguments(bench)
    yield from _results(bench)
    yield from _two_calls(bench)


def _arguments(bench):
    """Compare x and dC_dy before and after each verb."""
    told = set()
    for verb in VERBS:
        bench.forward()
        if verb == "acc_grad_params" and bench.is_container:
            _tried(bench, "backward", copied(bench.x), copied(bench.dC_dy))
        x, dC_dy = copied(bench.x), copied(bench.dC_dy)
        arguments = {"x": x} if verb == "forward" else {"x": x, "dC_dy": dC_dy}
        bench.restart()
        _tried(bench, verb, *arguments.values())
        for name, before in (("x", bench.x), ("dC_dy", bench.dC_dy)):
            after = arguments.get(name, before)
            if name in told or equal(before, after):
                continue
            told.add(name)
            path, line, code = _line(bench, verb, name)
            yield Finding(
                name,
                "argument-mutated",
                f"{verb} writes to {name}, which belongs to the caller: work on a copy",
                verb,
                got=leaves(after)[0],
                expected=leaves(before)[0],
                shape=structure(bench.x),
                path=path,
                line=line,
                code=code,
            )


def _line(bench, verb, name):
    """Return where a verb writes to an argument: where a locked one stops it."""
    arguments = {"x": copied(bench.x), "dC_dy": copied(bench.dC_dy)}
    if verb == "forward":
        del arguments["dC_dy"]
    for leaf in leaves(arguments[name]):
        leaf.flags.writeable = False
    bench.forward()
    bench.restart()
    err = _tried(bench, verb, *arguments.values())
    return (None, None, "") if err is None else place_of_error(bench.module, err.cause)


def _tried(bench, verb, *arguments):
    """Call a verb, and return what was Broken, or None."""
    try:
        bench.call(verb, *arguments)
    except Broken as err:
        return err if err.cause is not None else None
    return None


def _results(bench):
    """Y must outlive `backward`: both lie in memory of their own."""
    bench.restart()
    y = bench.call("forward", copied(bench.x))
    before = copied(y)
    dC_dx = bench.call("backward", copied(bench.x), copied(bench.dC_dy))
    if not equal(y, before) and _overlap(y, dC_dx):
        yield Finding(
            "dC_dx",
            "shared-buffer",
            "y and dC_dx are one buffer: backward overwrites y, give each its own",
            "backward",
            got=copied(leaves(y)[0]),
            expected=leaves(before)[0],
            shape=structure(bench.x),
        )


def _two_calls(bench):
    """What module(x) returns belongs to the caller."""
    bench.restart()
    try:
        first = bench.module(copied(bench.x))
        before = copied(first)
        second = bench.module(bench.other_x())
    except Exception:  # the other x is none for it
        return
    if _overlap(first, second) or not equal(first, before):
        yield Finding(
            "y",
            "shared-buffer",
            "two calls of module(x) return the same memory: the second overwrites what "
            "the first gave; return a copy from __call__, or leave it to Module",
            "__call__",
            got=copied(leaves(first)[0]),
            expected=leaves(before)[0],
            shape=structure(bench.x),
        )


def _overlap(a, b):
    return any(
        np.shares_memory(p, q)
        for p in map_table(np.asarray, leaves(a))
        for q in map_table(np.asarray, leaves(b))
    )
