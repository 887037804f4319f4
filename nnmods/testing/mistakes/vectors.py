"""Tables as vectors of their real numbers."""

import numpy as np

from nnmods.testing.compare import EXACT, leaves


def is_real(array):
    """Tell whether an array holds real numbers, not indices."""
    return np.asarray(array).dtype.kind == "f"


def vector(table, like=None):
    """Return the numbers of a table in one vector, where ``like`` has real ones."""
    pairs = zip(leaves(table), leaves(table if like is None else like), strict=True)
    found = [np.ravel(a) for a, b in pairs if is_real(b)]
    return np.concatenate(found).astype(np.float64) if found else np.zeros(0)


def close(a, b):
    """Tell whether two arrays agree to rounding, as shares of the largest of b."""
    limit = EXACT * np.max(np.abs(b), where=np.isfinite(b), initial=0.0)
    return a.shape == b.shape and np.allclose(a, b, 0, limit, equal_nan=True)


def equal(a, b):
    """Tell whether two tables hold the same numbers."""
    pairs = [*zip(leaves(a), leaves(b), strict=False)]
    return len(leaves(a)) == len(leaves(b)) and all(
        np.array_equal(p, q, equal_nan=is_real(p) and is_real(q)) for p, q in pairs
    )
