"""Derivatives of a wrong shape: what would turn them into the right one."""

from itertools import combinations, permutations

import numpy as np

from nnmods.core.tables import is_table
from nnmods.testing.compare import structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.slopes import Slopes
from nnmods.testing.mistakes.vectors import is_real, vector


def explain_shape(bench, i, result):
    """Return the finding of a derivative that is not shaped like its variable."""
    verb = "backward" if i is None else "acc_grad_params"
    term = "dC_dx" if i is None else bench.twins[i][0]
    like = bench.x if i is None else bench.twins[i][3]
    slopes, v = Slopes(bench, None if i is None else like), vector(bench.dC_dy, bench.y)
    got, wanted = structure(result), structure(like)
    mistake, what = "wrong-shape", "give it the shape of its variable"
    if is_table(result) and not is_table(like):
        mistake, what = (
            "not-an-array",
            "x is one array, return one; or give x as a table",
        )
        got = "[...]"  # of a list of numbers it is too long to be read
    elif is_table(like) and not is_table(result):
        what = f"x is a table, return a list of {len(like)}"
        mistake = "not-a-table"
    elif not is_table(like) and is_real(like):
        true, limit = slopes.back(v).reshape(like.shape), slopes.tolerance(v)
        mistake, what = _compare_shapes(np.asarray(result), true, limit)
    elif is_table(like):
        if len(result) != len(like):
            what = f"return a list of {len(like)}"
        elif sorted(map(str, got)) == sorted(map(str, wanted)):
            mistake, what = "swapped-inputs", "its entries are in another order"
    message = f"{term} has shape {got}, expected {wanted}: {what}"
    return Finding(term, mistake, message, verb, shape=structure(bench.x))


def _compare_shapes(got, true, limit):
    """Return the mistake, and what turns what was got into the truth."""

    def is_true(values):
        return values.shape == true.shape and np.all(np.abs(values - true) <= limit)

    for order in permutations(range(got.ndim)) if got.ndim == true.ndim < 5 else ():
        if is_true(got.transpose(order)):
            return "transposed-result", f"its axes are turned, undo it by {order}"
    for n in range(1, got.ndim + 1):
        for axes in combinations(range(got.ndim), n):
            for keepdims in (False, True):
                if is_true(got.sum(axis=axes, keepdims=keepdims)):
                    return "sum-missing", f"sum it along {axes}, as it is used there"
    if got.size == true.size and is_true(got.reshape(true.shape)):
        return "wrong-shape", "the numbers are right, reshape them"
    try:
        if is_true(np.broadcast_to(got, true.shape)):
            return "wrong-shape", "the numbers are right, broadcast them"
    except ValueError:
        pass
    return "wrong-shape", "give it the shape of its variable"
