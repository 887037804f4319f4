"""Spread: the inverse of J^T J, by the singular values of J, and quantiles."""

import warnings

import numpy as np
from scipy.special import ndtri, stdtrit


class Spread:
    """How far residuals let parameters spread, before their variance multiplies it.

    ::

        J^T J + penalty I = V diag(s^2) V^T,     inverse = V diag(s^-2) V^T

    Directions whose s is 0 up to rounding are left out: nothing determines them.

    Parameters
    ----------
    J : ndarray, shape (M, P)
    penalty : float or None

    Warns
    -----
    RuntimeWarning
        If there are such.
    """

    def __init__(self, J, penalty):
        M, P = J.shape
        if penalty is not None:
            J = np.concatenate([J, np.sqrt(penalty) * np.eye(P)])
        _, s, Vt = np.linalg.svd(J, full_matrices=False)
        rank = int(np.sum(s > np.finfo(float).eps * max(J.shape) * s[0]))
        self.s, self.V = s[:rank], Vt[:rank].T
        self.full = rank == P
        if not self.full:
            warnings.warn(
                f"LeastSquaresFit: {M} residuals determine {rank} of {P} directions of "
                "the parameters; what hangs on the others has an infinite variance",
                RuntimeWarning,
                stacklevel=2,
            )

    def inverse(self):
        """Return the pseudo-inverse, (P, P), with inf for what is not determined."""
        found = (self.V / self.s**2) @ self.V.T
        if not self.full:
            P = len(found)
            found[np.diag_indices(P)] = self.deviations(np.eye(P)) ** 2
        return found

    def deviations(self, G):
        """Return sqrt(g^T inverse g) for each row g; inf for what is not determined."""
        inside = G @ self.V
        found = np.linalg.norm(inside / self.s, axis=1)
        if not self.full:
            outside = np.linalg.norm(G - inside @ self.V.T, axis=1)
            rounding = np.sqrt(np.finfo(float).eps) * np.linalg.norm(G, axis=1)
            found[outside > rounding] = np.inf
        return found


def quantile(level, freedom):
    """Return the t of -t..t, where Student's distribution has a share of ``level``.

    It is the normal one where ``freedom`` is inf. Without any, all is possible.
    """
    share = (1 + level) / 2
    if freedom <= 0:
        return np.inf
    return float(ndtri(share) if freedom == np.inf else stdtrit(freedom, share))
