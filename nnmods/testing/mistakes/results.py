"""y itself: finite, the same in each call of the same x, and of this x."""

import numpy as np

from nnmods.testing.compare import leaves, structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.broken import Broken
from nnmods.testing.mistakes.twins import twins_of
from nnmods.testing.mistakes.vectors import equal, vector


def check(bench, only=None):
    """Yield the finding about y, of which derivatives then mean nothing."""
    mistake, message = _mistake(bench)
    if mistake is not None:
        y, shape = leaves(bench.y)[0], structure(bench.x)
        got = y if mistake == "not-finite" else None
        yield Finding("y", mistake, message, "forward", got=got, shape=shape)


def _mistake(bench):
    for _, owner, name, p, _ in bench.twins:
        if getattr(owner, name) is not p:
            return "parameter-changed", (
                f"forward makes {name} another array: keep what it computes elsewhere, "
                "as flat parameters are views of one vector"
            )
    bad = np.sum(~np.isfinite(vector(bench.y)))
    if bad and np.isfinite(vector(bench.x)).all():
        return "not-finite", f"y is not finite in {bad} entries, and all of x is"
    if bad:
        bench.notes.append(
            f"y is not finite in {bad} entries, as x is not: derivatives were not "
            "measured"
        )
    if not equal(bench.forward(), bench.y):
        if equal([a / 2 for a in leaves(bench.next_y)], leaves(bench.y)):
            return "result-accumulated", (
                "y of a second call is added to that of the first: start from 0"
            )
        for (_, _, name, p, _), kept in zip(
            bench.twins, twins_of(bench.original), strict=True
        ):
            if not equal(p, kept[3]):
                return "parameter-changed", (
                    f"forward writes to {name}: work on a copy, as y of a second call "
                    "differs"
                )
        return "unrepeatable", (
            "y of a second call differs, though all random generators were set back: "
            "keep one in an attribute, such as self.rng"
        )
    if _is_of_another(bench):
        return "stale-state", (
            "y is that of an earlier call: what forward keeps is not renewed for "
            "another x"
        )
    return None, None


def _is_of_another(bench):
    try:
        used = bench.beside(bench.other_x())
        return equal(used.forward(bench.x), used.y) and not equal(used.y, bench.y)
    except Broken:
        return False  # the other x is none for it
