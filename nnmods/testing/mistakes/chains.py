"""Derivatives in which a link of the chain rule is missing, or stands the wrong way."""

import numpy as np

from nnmods.core.tables import copied
from nnmods.testing.mistakes.guess import Guess
from nnmods.testing.mistakes.vectors import vector


def weights(facts):
    """Yield the guesses about a weight: transposed, turned, its gradient transposed."""
    term, bench = facts.term, facts.bench
    if facts.p is not None:
        if facts.p.ndim > 1 and facts.p.shape[0] == facts.p.shape[1]:
            yield Guess(
                "transposed-gradient",
                f"{term} is transposed: swap the two factors of the product",
                lambda: np.swapaxes(facts.array(facts.true), 0, 1),
            )
        return
    for name, p in facts.weights():
        if p.ndim > 1 and p.shape[0] == p.shape[1]:
            yield Guess(
                "transposed-weight",
                f"{name} is transposed in backward: with y = x @ {name}.T it is dC_dx "
                f"= dC_dy @ {name}, with y = x @ {name} it is dC_dy @ {name}.T",
                lambda p=p: facts.elsewhere(
                    parameter=p, value=np.swapaxes(p, 0, 1).copy()
                ),
            )
        for n in range(1, p.ndim + 1):
            axes = tuple(range(p.ndim - n, p.ndim))
            yield Guess(
                "flipped-weight",
                f"{name} runs the wrong way in backward: flip it along {axes}",
                lambda p=p, axes=axes: facts.elsewhere(
                    parameter=p, value=np.flip(p, axes).copy()
                ),
            )
        yield Guess(
            "weight-left-out",
            f"backward leaves out {name}, as if it were 1",
            lambda p=p: facts.elsewhere(parameter=p, value=np.ones_like(p)),
        )
    if facts.v.size == facts.true.size:
        yield Guess(
            "jacobian-not-transposed",
            "backward multiplies by the Jacobian, expected its transpose: what "
            "forward gathers backward scatters, and a permutation is undone",
            lambda: facts.slopes.J @ facts.v,
        )
    if bench.twins and facts.single:
        yield from _straight(facts)


def _straight(facts):
    """A product with a weight, and nothing of what comes after it."""
    _, _, dC_dy = facts.single
    for name, p in facts.weights():
        for text, q in ((name, p), (f"{name}.T", p.T)):
            if p.ndim == 2:
                yield Guess(
                    "missing-derivative",
                    f"{facts.term} is dC_dy @ {text}: the derivative of what comes "
                    "after the product is missing, multiply dC_dy by it first",
                    lambda q=q: dC_dy @ q,
                )


def derivatives(facts):
    """Yield the guesses about f' : left out, or taken at another place."""
    if not facts.is_square:
        return
    x, y, dC_dy = facts.single
    J, true = facts.slopes.J, facts.true
    yield Guess(
        "missing-derivative",
        "dC_dx is dC_dy as it came: multiply it by the derivative of forward",
        lambda: dC_dy,
    )
    yield Guess(
        "derivative-at-y",
        "the derivative is taken at y, expected at x",
        lambda: facts.elsewhere(x=y),
    )
    yield Guess(
        "derivative-in-y-fed-with-x",
        "the derivative is a formula in y, such as y * (1 - y), but it is given x",
        lambda: _fed_with_y(facts),
    )
    yield Guess(
        "inverse-derivative",
        "dC_dy is divided by the derivative, expected multiplied",
        lambda: dC_dy.reshape(-1) / np.diag(J),
    )
    yield Guess(
        "product-rule",
        "only one term of the product rule is there: y = x * h(x) has the derivative "
        "h(x) + x * h'(x)",
        lambda: dC_dy * y / x,
    )
    yield Guess(
        "product-rule",
        "only one term of the product rule is there: y = x * h(x) has the derivative "
        "h(x) + x * h'(x)",
        lambda: true.reshape(x.shape) - dC_dy * y / x,
    )
    yield Guess(
        "use-not-summed",
        "x is used twice, and the way around is missing: y = x + h(x) has dC_dx = "
        "dC_dy + what comes back through h",
        lambda: true.reshape(x.shape) - dC_dy,
    )
    yield Guess(
        "diagonal-only",
        "each entry of dC_dx has but its own entry of dC_dy, and yet y depends on "
        "other entries too: the rest of the Jacobian is missing",
        lambda: np.diag(J) * dC_dy.reshape(-1),
    )
    yield Guess(
        "mask-inverted",
        "dC_dx is 0 where the gradient passes, and passes where it is 0",
        lambda: np.where(true == 0, dC_dy.reshape(-1), 0),
    )
    yield Guess(
        "mask-of-dC_dy",
        "the gradient passes where dC_dy is positive: the mask is to be made of x",
        lambda: np.maximum(dC_dy, 0),
    )


def _fed_with_y(facts):
    """Return what was got, if the formula gives the truth when it is given y for x."""
    x, y, dC_dy = facts.single
    bench = facts.bench
    bench.forward(x)
    return facts.got_if(vector(bench.call("backward", copied(y), copied(dC_dy))))
