"""Errors of a verb: what was computed instead is tried, until it complains alike.

NumPy's complaint names the shapes: a product or sum that complains in the same words
is what stands in the source.
"""

import numpy as np

from nnmods.core.tables import is_table
from nnmods.testing.compare import structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.slopes import Slopes
from nnmods.testing.mistakes.sources import place_of_error
from nnmods.testing.mistakes.vectors import vector


def of_backward(bench, err):
    """Return the finding of a `backward` that is `Broken`."""
    return _finding(bench, "dC_dx", _explained(bench, err, _products(bench)), err)


def of_grads(bench, err):
    """Return the finding of an `acc_grad_params` that is `Broken`.

    It is about the parameter whose gradient the line in question names, or for which
    an explanation was found.
    """
    found = err.mistake, err.message
    code = "" if err.cause is None else place_of_error(bench.module, err.cause)[2]
    named = [i for i, twin in enumerate(bench.twins) if f"grad_{twin[2]}" in code]
    candidates = named or range(len(bench.twins))
    for i in candidates:
        explained = _explained(bench, err, _shares(bench, i))
        if explained != found:
            return _finding(bench, bench.twins[i][0], explained, err)
    return _finding(bench, bench.twins[candidates[0]][0], found, err)


def _explained(bench, err, tries):
    """Return the mistake, and a sentence about it."""
    if isinstance(err.cause, ValueError) and not is_table(bench.x):
        for mistake, message, attempt in tries:
            if _complaint(attempt) == str(err.cause):
                return mistake, f"{message} ({err.message})"
    return err.mistake, err.message


def _finding(bench, term, found, err):
    place = None, None, ""
    if err.cause is not None and err.mistake != "missing-verb":
        place = place_of_error(bench.module, err.cause)
    path, line, code = place
    shape = structure(bench.x)
    return Finding(term, *found, err.verb, shape=shape, path=path, line=line, code=code)


def _complaint(attempt):
    try:
        attempt()
    except ValueError as err:
        return str(err)
    return None


def _products(bench):
    """Yield products of dC_dy and a weight that stands the wrong way."""
    dC_dy = bench.dC_dy
    for _, _, name, p, _ in bench.twins:
        if p.ndim != 2 or is_table(dC_dy):
            continue
        for text, wrong in ((name, p.T), (f"{name}.T", p)):
            for product in (np.matmul, np.dot):
                yield (
                    "transposed-weight",
                    f"{name} is transposed in backward: dC_dx is dC_dy @ {text}",
                    lambda product=product, wrong=wrong: product(dC_dy, wrong),
                )


def _shares(bench, i):
    """Yield sums into grad_p of what has not its shape."""
    term, _, name, p, _ = bench.twins[i]
    x, dC_dy = bench.x, bench.dC_dy
    true = Slopes(bench, p).back(vector(dC_dy, bench.y)).reshape(p.shape)
    sums = []
    if p.ndim > 1:
        sums.append(("transposed-gradient", "is transposed", true.T))
    if not is_table(dC_dy):
        for values in (dC_dy, dC_dy * x if dC_dy.shape == x.shape else dC_dy):
            sums.append(("sum-missing", "lacks the sum over the batch", values))
            for axis in range(values.ndim):
                sums.append(
                    (
                        "wrong-axis",
                        f"is summed along axis {axis}, expected along the others",
                        values.sum(axis=axis),
                    )
                )
    for mistake, text, share in sums:
        for add in (_in_place, np.add):
            yield (
                mistake,
                f"{term} {text}: what is added has shape {share.shape}, and {name} has "
                f"{p.shape}",
                lambda add=add, share=share: add(np.zeros(p.shape), share),
            )
    if is_table(dC_dy):
        return
    for a, b in ((dC_dy, x), (x, dC_dy), (dC_dy, x.T), (x.T, dC_dy)):
        for product in (np.matmul, np.dot):
            yield (
                "transposed-operand",
                f"{term} needs the product dC_dy.T @ x, the sum over the batch inside",
                lambda product=product, a=a, b=b: product(a, b),
            )


def _in_place(a, b):
    a += b
