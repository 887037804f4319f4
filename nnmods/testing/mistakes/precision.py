"""float32: whether it stays that, and is as good as it can be."""

import numpy as np

from nnmods.core.tables import map_table
from nnmods.testing.compare import SINGLE, leaves, structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.bench import Bench
from nnmods.testing.mistakes.broken import Broken, term_of, verb_of
from nnmods.testing.mistakes.vectors import is_real


class Single(Bench):
    """A bench of which all numbers are float32."""

    def __init__(self, module, x, seed=0):
        super().__init__(module, x, seed)
        self.module.float()
        self.twins = [
            (term, owner, name, getattr(owner, name), getattr(owner, f"grad_{name}"))
            for term, owner, name, *_ in self.twins
        ]
        self.x, self.dC_dy = map_table(_single, self.x), map_table(_single, self.dC_dy)


def check(bench, only=None):
    """Yield the findings about float32."""
    if not bench.twins and not any(map(is_real, leaves(bench.x))):
        return  # nothing of it would be float32
    # both start from numbers that float32 has: what differs is computed differently
    rounded = bench.original.clone().float()
    x = map_table(lambda a: _single(a).astype(np.float64) if is_real(a) else a, bench.x)
    try:
        wanted = _results(bench.beside(x, rounded), bench.dC_dy)
    except Broken:
        return  # reported as that
    bench.restart()
    try:
        single = Single(rounded, x, bench.seed)
        got = _results(single, map_table(_single, bench.dC_dy))
    except Broken as err:
        term = term_of(err.verb, bench)
        message = f"in float32 alone, {err.message}"
        yield Finding(term, "single-precision", message, err.verb)
        return
    for term, result in got.items():
        verb = verb_of(term)
        dtypes = {str(a.dtype) for a in leaves(result) if a.dtype.kind == "f"}
        others = dtypes - {"float32"}
        if others:
            yield Finding(
                term,
                "dtype-lost",
                f"{term} has dtype {min(others)} where all arguments and parameters "
                "are float32: some array or NumPy number in it is not of x's dtype",
                verb,
                shape=structure(bench.x),
            )
            return  # others follow from it
        for a, b in zip(leaves(result), leaves(wanted[term]), strict=True):
            off = _off(a, b)
            if off > SINGLE:
                yield Finding(
                    term,
                    "single-precision",
                    f"{term} is right in float64, but in float32 off by {off:.2g} of "
                    "the largest entry: something overflows, or cancels",
                    verb,
                    got=a,
                    expected=b,
                    shape=structure(bench.x),
                )
                return


def _results(bench, dC_dy):
    bench.zero()
    y, dC_dx = bench.forward(), bench.backward(None, dC_dy)
    grads = bench.grads(None, dC_dy)
    found = {twin[0]: grad for twin, grad in zip(bench.twins, grads, strict=True)}
    return {"y": y, "dC_dx": dC_dx} | found


def _off(a, b):
    """Return the largest difference, as a share of the largest number."""
    size = np.max(np.abs(b), where=np.isfinite(b), initial=0.0)
    wrong = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    off = np.abs(np.asarray(a, np.float64) - b)[wrong]
    if not np.isfinite(off).all():
        return np.inf
    return float(np.max(off, initial=0.0) / max(size, 1e-30))


def _single(a):
    return a.astype(np.float32) if is_real(a) else a
