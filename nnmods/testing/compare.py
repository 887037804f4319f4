"""Comparison of arrays and tables: the tolerances of all checks stand here."""

import numpy as np

from nnmods.core.tables import is_table

#: Step of the central differences: the cube root of float64's rounding unit is 6e-6,
#: and a little less keeps x on its side of a kink.
STEP = 1e-6
#: Of central differences in float64: truncation STEP**2, rounding 1e-16 / STEP.
DIFFERENCES = 1e-6
#: Gap of the slopes on either side, as a share of the largest: a kink, if it is still
#: there at a quarter of the step; a smooth bend has a quarter of it.
KINK, BEND = 1e-4, 0.6
#: Of two exact ways to the same number in float64, in another order of summation.
EXACT = 1e-10
#: Of float32 against float64.
SINGLE = 1e-5
#: Of some dozens of an optimiser's steps, each of which starts where the last ended.
TRAJECTORY = 1e-8

#: Rounding of a sum of terms that cancel, as a share of these: some units of float64.
ROUNDING = 1e-14
#: Of numbers that another program computed in float32, and its rounding.
GOLDEN_SINGLE, ROUNDING_SINGLE = 1e-5, 1e-6


class ContractError(AssertionError):
    """A module does not keep the contract; the message says where."""


def leaves(x):
    """Return a list of the arrays of a table, or of the one array."""
    if is_table(x):
        return [leaf for entry in x for leaf in leaves(entry)]
    return [x]


def structure(x):
    """Return the shapes of an array or table, nested likewise."""
    return [structure(entry) for entry in x] if is_table(x) else np.shape(x)


def dot(a, b):
    """Return the inner product of two tables, and the sum of its absolute terms."""
    products = [
        np.ravel(np.multiply(p, q, dtype=np.float64))
        for p, q in zip(leaves(a), leaves(b), strict=True)
    ]
    return (
        sum(float(p.sum()) for p in products),
        sum(float(np.abs(p).sum()) for p in products),
    )


def require_structure(module, what, got, wanted):
    """Raise unless two arrays or tables have the same shapes, nested likewise."""
    if structure(got) != structure(wanted):
        raise ContractError(
            f"{module!r}: {what} has shape {structure(got)}, "
            f"expected {structure(wanted)}"
        )


def require_close(module, what, got, wanted, rtol, rounding=None):
    """Raise unless two arrays or tables agree to ``rtol`` of the largest entry.

    With ``rounding`` each entry must agree to ``rtol`` of itself, plus that share of
    the largest.

    Raises
    ------
    ContractError
        Naming what differs, and by how much.
    """
    require_structure(module, what, got, wanted)
    for a, b in zip(leaves(got), leaves(wanted), strict=True):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if a.size == 0:
            continue
        size = np.max(np.abs(b), where=np.isfinite(b), initial=0.0)
        own, shared = (0, rtol) if rounding is None else (rtol, rounding)
        wrong = ~np.isclose(a, b, rtol=own, atol=shared * size, equal_nan=True)
        if wrong.any():
            worst = np.unravel_index(np.argmax(wrong), a.shape)
            raise ContractError(
                f"{module!r}: {what} differs in {wrong.sum()} of {a.size} entries; at "
                f"{tuple(map(int, worst))} it is {a[worst]:.10g}, "
                f"expected {b[worst]:.10g}"
            )


def require_equal_dots(module, what, got, wanted, size, rtol, noise=0.0):
    """Raise unless two inner products agree to ``rtol`` of the terms they sum.

    ``noise`` is the rounding that is there even if all terms are 0.
    """
    if not abs(got - wanted) <= rtol * max(size, abs(wanted)) + noise + 1e-300:
        raise ContractError(
            f"{module!r}: {what}: the inner product is {got:.10g}, "
            f"expected {wanted:.10g}"
        )
