"""Eigenvalues: the largest of a symmetric operator, by power iteration."""

import math
import operator
import warnings
from typing import NamedTuple

import numpy as np

from nnmods.core import get_rng


class Eigenvalue(NamedTuple):
    """The eigenvalue of largest magnitude, and its vector of length 1."""

    value: float
    vector: np.ndarray


def largest_eigenvalue(A, *, accuracy=1e-4, most=300, rng=0):
    """Return the eigenvalue of largest magnitude by power iteration.

    ::

        v <- A v / |A v|            |A v| grows to |lambda_max|

    It takes one product an iteration and two vectors; `scipy.sparse.linalg.eigsh`
    finds several eigenvalues, in fewer products where they lie close together. Of two
    eigenvalues of one size and opposite signs it finds either, and its vector.

    Parameters
    ----------
    A : scipy.sparse.linalg.LinearOperator or ndarray, shape (n, n)
        Symmetric, such as a `hessian_operator` or a `ggn_operator`.
    accuracy : float, default=1e-4
        Stop when |A v| grows by less than this share of itself in an iteration.
    most : int, default=300
        Number of iterations after which to stop in any case.
    rng : int, numpy.random.Generator or None, default=0
        Draws the first v.

    Returns
    -------
    Eigenvalue
        ``(value, vector)``; both nan where products are not finite.

    Raises
    ------
    ValueError
        If A is not square, or empty, or ``accuracy`` or ``most`` is out of its range.

    Warns
    -----
    RuntimeWarning
        If |A v| still grows after ``most`` iterations.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 8.2.

    Examples
    --------
    >>> found = largest_eigenvalue(np.diag([1.0, -3.0, 2.0]), accuracy=1e-9)
    >>> f"{found.value:.6f}", np.abs(found.vector).round(3)
    ('-3.000000', array([0., 1., 0.]))
    """
    if len(A.shape) != 2 or A.shape[0] != A.shape[1] or A.shape[0] == 0:
        raise ValueError(
            f"largest_eigenvalue: A has shape {A.shape}, expected (n, n), n at least 1"
        )
    return by_powers("largest_eigenvalue", A, accuracy, most, rng)


def by_powers(owner, A, accuracy, most, rng):
    """Return what `largest_eigenvalue` does, in the name of ``owner``."""
    if not 0 < accuracy < 1:
        raise ValueError(
            f"{owner}: accuracy has value {accuracy}, expected one between 0 and 1"
        )
    if operator.index(most) < 1:
        raise ValueError(f"{owner}: most has value {most}, expected 1 or more")
    v = get_rng(rng).standard_normal(A.shape[1])
    v /= np.linalg.norm(v)
    size = 0.0
    for _ in range(most):
        Av = A @ v
        before, size = size, float(np.linalg.norm(Av))
        if not math.isfinite(size):
            return Eigenvalue(math.nan, np.full_like(v, math.nan))
        sign = math.copysign(1, v @ Av)
        if abs(size - before) <= accuracy * size:
            break
        v, last = Av / size, v
    else:
        warnings.warn(
            f"{owner}: |A v| still grows after {most} iterations, by "
            f"{(size - before) / size:.1e} in the last; the eigenvalue may be too "
            "small, and a rate by it too large",
            RuntimeWarning,
            stacklevel=3,
        )
        v = last
    if size == 0:
        return Eigenvalue(0.0, v)
    v = v + sign * Av / size  # takes that of -value out, if there is one
    return Eigenvalue(sign * size, v / np.linalg.norm(v))
