"""Derivatives that are wrong by a sign, a factor or a term."""

import numpy as np

from nnmods.core.tables import copied
from nnmods.testing.mistakes.guess import Guess
from nnmods.testing.mistakes.vectors import vector


def plain(facts):
    """Yield the guesses that any derivative may have got wrong."""
    term, true = facts.term, facts.true
    nothing = "is 0 everywhere: nothing is computed"
    if facts.i is not None:
        nothing = f"stays 0: {facts.verb} adds nothing to it"
    yield Guess("zero-gradient", f"{term} {nothing}", lambda: 0 * true)
    yield Guess(
        "wrong-sign", f"{term} has the wrong sign: turn it round", lambda: -true
    )
    yield Guess(
        "gradient-left-out",
        f"{term} does not depend on dC_dy: multiply by it",
        lambda: facts.back(np.ones_like(facts.v)),
    )
    if facts.i is not None:
        yield Guess(
            "spoilt-by-backward",
            f"{term} is right only without a backward before it, which overwrites what "
            "acc_grad_params needs: keep the two apart",
            lambda: _without_backward(facts),
        )
    if facts.bench.draws:
        yield _redrawn(facts)
    if facts.n is not None and facts.n > 1:
        yield Guess(
            "divided-by-batch-size",
            f"{term} is the mean over the batch, expected the sum: leave out the "
            "division by the number of samples, averaging is up to the criterion",
            lambda: true / facts.n,
        )
        yield Guess(
            "times-batch-size",
            f"{term} is too large by the number of samples: each is counted that often",
            lambda: true * facts.n,
        )


def _without_backward(facts):
    bench = facts.bench
    bench.zero()
    bench.forward()
    bench.call("acc_grad_params", copied(bench.x), copied(bench.dC_dy))
    return facts.got_if(bench.read()[facts.i].reshape(-1))


def _redrawn(facts):
    """A random module whose backward draws again: with the same draws it is right."""
    bench = facts.bench

    def predicted():
        bench.zero()
        bench.forward()
        bench.restart()
        dC_dx = bench.call("backward", copied(bench.x), copied(bench.dC_dy))
        if facts.i is None:
            right = vector(dC_dx, bench.x)
        else:
            bench.restart()
            bench.call("acc_grad_params", copied(bench.x), copied(bench.dC_dy))
            right = bench.read()[facts.i].reshape(-1)
        return facts.got_if(right)

    return Guess(
        "redrawn-mask",
        f"{facts.verb} draws its random numbers anew: keep what forward drew in an "
        "attribute, and use that",
        predicted,
    )


def constants(facts):
    """Yield the factors that are left over when nothing special fits."""
    term, true = facts.term, facts.true
    sizes = {"entries of y": facts.v.size, "entries of x": vector(facts.bench.x).size}
    if facts.single:
        for name, a in (("x", facts.bench.x), ("y", facts.bench.y)):
            for axis in range(1, a.ndim):
                sizes.setdefault(f"places along axis {axis} of {name}", a.shape[axis])
    for name, size in sizes.items():
        if size > 1:
            yield Guess(
                "divided-by-size",
                f"{term} is divided by {size}, the number of {name}: expected no "
                "division",
                lambda size=size: true / size,
            )
    a, b = facts.got[facts.scope], true[facts.scope]
    k = float(a @ b / max(b @ b, 1e-300))
    yield Guess(
        "constant-factor",
        f"{term} is {k:.6g} times what forward demands: a constant factor is "
        f"{'missing' if abs(k) < 1 else 'too much'}",
        lambda: k * true,
    )


def products(facts):
    """Yield factors that are arrays: x, y, dC_dy, a parameter, the slope."""
    term, true = facts.term, facts.true
    for name, values in _candidates(facts):
        yield Guess(
            "extra-factor",
            f"{term} is multiplied by {name} once too often",
            lambda values=values: true * values,
        )
        yield Guess(
            "missing-factor",
            f"{term} lacks the factor {name}",
            lambda values=values: true / values,
        )


def terms(facts):
    """Yield multiples of the same arrays that are added."""
    for name, values in _candidates(facts):
        yield Guess(
            "extra-term",
            f"{facts.term} has a multiple of {name} added to it, or left out of it",
            lambda values=values: facts.true + _multiple(facts, values) * values,
        )


def _candidates(facts):
    if facts.i is not None:
        return [(f"the parameter {facts.bench.twins[facts.i][2]}", facts.p.reshape(-1))]
    if not facts.is_square:
        return []
    named = [*zip(("x", "y", "dC_dy"), map(np.ravel, facts.single), strict=True)]
    if facts.is_diagonal:
        named.append(("the derivative dy/dx", np.diag(facts.slopes.J)))
    shape = facts.bench.x.shape
    named += [
        (f"the parameter {name}", np.broadcast_to(p, shape).reshape(-1))
        for name, p in facts.weights()
        if p.shape == shape[len(shape) - p.ndim :]
    ]
    return named


def _multiple(facts, values):
    rest = facts.got - facts.true
    return float(rest @ values / max(values @ values, 1e-300))
