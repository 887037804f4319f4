"""Bayesian regularisation: as much of a penalty as makes the data most probable."""

import numpy as np

#: Evaluations of a search between two estimates of the penalty.
BETWEEN = 20
#: Changes between two estimates that end the search: of the penalty, and of gamma.
PENALTY_CHANGE, GAMMA_CHANGE = 1e-3, 1e-4


def maximise_evidence(search, residuals, absolute_sigma, max_nfev=None):
    """Return the least of beta |r|^2 / 2 + alpha |w|^2 / 2 at the most probable two.

    ::

        A     = beta J^T J + alpha I
        gamma = P - alpha tr(A^-1) = sum_i s_i^2 / (s_i^2 + alpha / beta)
        alpha = gamma / |w|^2
        beta  = (M - gamma) / |r|^2,  or 1 with absolute sigma

    with the singular values s of J. At a fixed point the evidence, which is the
    probability of the targets with the parameters integrated out, is stationary by both
    [1]_. A few steps towards the least, and the formulas above, take turns [2]_.

    Parameters
    ----------
    search : Search
    residuals : Residuals
    absolute_sigma : bool
        Whether the variance of the weighted residuals is known to be 1.
    max_nfev : int or None

    Returns
    -------
    OptimizeResult
        With ``alpha``, ``beta`` and ``effective_parameters``, gamma, too.

    References
    ----------
    .. [1] D. MacKay, "Bayesian interpolation", Neural Computation 4, 1992, (4.8) to
           (4.10).
    .. [2] F. D. Foresee, M. Hagan, "Gauss-Newton approximation to Bayesian learning",
           ICNN 1997.
    """
    M, P = residuals.shape
    w, most = residuals.outputs.w, 100 * P if max_nfev is None else max_nfev
    search.penalty, gamma = _first_penalty(residuals(w), w, absolute_sigma), P
    while True:
        left = most - search.nfev
        found = search.run(w, min(BETWEEN, max(left, 1)))
        w = found.x
        r, squares = residuals(w), _squared_singular_values(residuals.dense(w))
        before, (gamma, freedom) = gamma, _counts(squares, search.penalty, M)
        RSS, size = float(r @ r), float(w @ w)
        beta = 1.0 if absolute_sigma else _over(freedom, RSS)
        alpha = _over(gamma, size)
        penalty = 0.0 if beta == np.inf else alpha / beta
        # Beyond, parameters are 0, or as free as without a penalty, up to rounding
        eps = np.finfo(float).eps
        penalty = float(np.clip(penalty, squares[0] * eps, squares[0] / eps))
        settled = (
            found.status > 0
            and abs(gamma - before) <= GAMMA_CHANGE * gamma
            and abs(penalty - search.penalty) <= PENALTY_CHANGE * penalty
        )
        if settled or search.nfev >= most:
            break
        search.penalty, search.gamma = penalty, gamma
    if not settled:
        found.status, found.success = 0, False
        found.message = "The maximum number of function evaluations is exceeded."
    found.alpha, found.beta, found.effective_parameters = alpha, beta, gamma
    found.penalty, found.nfev, found.njev = search.penalty, search.nfev, search.njev
    return found


def _first_penalty(r, w, absolute_sigma):
    """Return a penalty to begin with: a hundredth of what the start itself suggests.

    Little enough not to draw all parameters to 0, where many networks have a saddle.
    """
    variance = 1.0 if absolute_sigma else r @ r / len(r)
    return 0.01 * float(variance / (w @ w / len(w) or 1.0))


def _squared_singular_values(J):
    return np.linalg.svd(J, compute_uv=False) ** 2


def _counts(squares, penalty, M):
    """Return gamma, and M - gamma without cancellation."""
    kept = squares[squares > 0]
    gamma = np.sum(kept / (kept + penalty))
    return float(gamma), float(M - kept.size + np.sum(penalty / (kept + penalty)))


def _over(a, b):
    return a / b if b > 0 else np.inf if a > 0 else 0.0
