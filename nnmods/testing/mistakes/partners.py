"""Parameter gradients made of dC_dy and another partner than they need."""

from nnmods.testing.mistakes.guess import Guess


def partners(facts):
    """Yield what dC_dy may have been multiplied by in place of dy/dp, and summed."""
    if facts.i is None or not facts.single:
        return
    x, y, dC_dy = facts.single
    name, p = facts.bench.twins[facts.i][2], facts.p
    if p.ndim == 2:
        flat = [a.reshape(-1, a.shape[-1]) for a in (x, y, dC_dy) if a.ndim]
        if len(flat) == 3:
            for text, a in (("x", flat[0]), ("y", flat[1])):
                yield Guess(
                    "missing-derivative",
                    f"{facts.term} is the product of dC_dy and {text}: what comes "
                    "between the two, such as a derivative, is missing",
                    lambda a=a: flat[2].T @ a,
                )
                yield Guess(
                    "missing-derivative",
                    f"{facts.term} is the product of {text} and dC_dy: what comes "
                    "between the two, such as a derivative, is missing",
                    lambda a=a: a.T @ flat[2],
                )
    for text, values in (("dC_dy", dC_dy), ("dC_dy * y", dC_dy * y)):
        yield Guess(
            "missing-derivative",
            f"{facts.term} is the sum of {text}: dy/d{name} is missing",
            lambda values=values: summed_to(values, p.shape),
        )
    if x.shape == y.shape:
        for text, values in (("x", x), ("dC_dy * x", dC_dy * x)):
            yield Guess(
                "wrong-partner",
                f"{facts.term} is the sum of {text}, which is not dC_dy * dy/d{name}",
                lambda values=values: summed_to(values, p.shape),
            )


def summed_to(values, shape):
    """Return a sum over the leading axes, and over those that have length 1."""
    extra = values.ndim - len(shape)
    values = values.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(shape) if n == 1 and values.shape[i] > 1)
    return values.sum(axis=axes, keepdims=True)
