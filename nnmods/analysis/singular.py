"""Singular: the largest singular value of a module's Jacobian, by its own verbs."""

import contextlib
import io

import numpy as np

from nnmods.analysis.values import arrays_of, like, real, real_entries, real_size
from nnmods.core import Module
from nnmods.core.parameters import own_parameters
from nnmods.core.recurrent_step import RecurrentStep

#: Up to so many outputs, or inputs, the Jacobian is written out.
FEW = 64
#: Where not all singular values are asked for: the most operations of a product with J,
#: see `work`, and the most times that ARPACK may start anew, with 20 products each.
MOST_WORK, MOST_STARTS = 5_000_000, 10
#: How far <u, J v> and <J^T u, v> may be apart, as a share of |u| |J v|: float32 rounds
#: to 1e-7, and a backward that is not the transpose is off by 0.1 and more.
MISMATCH = 1e-3
#: Relative accuracy of the squared value: more than float32 has cannot be had.
ACCURACY = 1e-5


def largest_singular_value(module, x, dC_dy, everything=False):
    """Return the largest singular value of dy/dx, to five digits, or None.

    None stands where it is not defined: J is not finite, has no entries, or is not what
    `backward` multiplies by; or not found: `jvp` is not written and y has more than 64
    entries, or it takes too long.

    Parameters
    ----------
    module : Module
        Which has done its `forward` of x. It may be one of a container that goes on
        with its own sweep back.
    x, dC_dy : ndarray or table
        Of that sweep. Arrays of indices in x are left out of J.
    everything : bool, default=False
        Whether to find it however long it takes.
    """
    parts = module.list_modules()
    if any(part.surrogate or isinstance(part, RecurrentStep) for part in parts):
        return None  # a step's backward also brings what came from the step after it
    jacobian = Jacobian(module, x, dC_dy)
    M, N = jacobian.shape
    if M * N == 0 or (work(parts, M, N) > MOST_WORK and not everything):
        return None
    silence = contextlib.redirect_stdout(io.StringIO())  # of a Print, at each product
    try:
        with np.errstate(all="ignore"), silence:
            return _largest(jacobian, everything)
    except Exception:  # whatever it does in verbs that the sweep itself does not need
        return None


def work(parts, M, N):
    """Return about how many operations a product with J takes.

    Each entry of y is a sum over a row of the weight, (out, in, ...), and an entry of x
    or y that is fetched and stored costs as much as 10 terms.
    """
    weights = [p for part in parts for _, p, _ in own_parameters(part) if p.ndim > 1]
    row = max((p.size // len(p) for p in weights if p.size), default=0)
    return 10 * (M + N) + M * row


def _largest(J, everything):
    M, N = J.shape
    if not J.has_jvp:
        return _of_rows(J.transposed, M) if M <= FEW else None
    v, u = (np.random.default_rng(0).standard_normal(n) for n in (N, M))
    Jv, Ju = J.times(v), J.transposed(u)
    size = np.linalg.norm(u) * np.linalg.norm(Jv)
    if not abs(u @ Jv - Ju @ v) <= MISMATCH * size:  # nor where there is a nan
        return None
    if M <= FEW:
        return _of_rows(J.transposed, M)
    if N <= FEW:
        return _of_rows(J.times, N)
    if not Jv.any():
        return 0.0  # a Jacobian of zeros, which ARPACK refuses
    return _of_products(J, v if N <= M else u, None if everything else MOST_STARTS)


def _of_rows(product, n):
    matrix = np.stack([product(unit) for unit in np.eye(n)])
    return float(np.linalg.norm(matrix, 2)) if np.isfinite(matrix).all() else None


def _of_products(J, start, most):
    from scipy.sparse.linalg import LinearOperator, svds

    operator = LinearOperator(J.shape, J.times, J.transposed, dtype=np.float64)
    options = {"tol": ACCURACY**0.5, "v0": start, "maxiter": most}  # svds squares tol
    values = svds(operator, 1, return_singular_vectors=False, **options)
    return float(values[0])


class Jacobian:
    """Products of vectors with dy/dx at one x, tables written one after another.

    Attributes
    ----------
    shape : tuple of int
        The number of real entries of y, and of x.
    has_jvp : bool
        Whether `times` may be called.
    """

    def __init__(self, module, x, dC_dy):
        self.module, self.x, self.dC_dy = module, x, dC_dy
        self._dtype = np.result_type(*real(arrays_of(dC_dy), dC_dy), np.float16)
        self.shape = real_size(dC_dy), real_size(x)
        parts = module.list_modules()
        self.has_jvp = all(type(part).jvp is not Module.jvp for part in parts)

    def times(self, v):
        """Return J v."""
        dy = self.module.jvp(self.x, like(self.x, v, self._dtype))
        return real_entries(dy, self.dC_dy, np.float64)

    def transposed(self, u):
        """Return J^T u."""
        dC_dx = self.module.backward(self.x, like(self.dC_dy, u, self._dtype))
        return real_entries(dC_dx, self.x, np.float64)
