"""LeastSquaresFit: parameters that were fitted, and how well they are known."""

import warnings
from functools import cached_property

import numpy as np

from nnmods.analysis.intervals import Intervals
from nnmods.analysis.spread import Spread
from nnmods.analysis.values import like


class LeastSquaresFit(Intervals):
    """What `fit_least_squares` found.

    ::

        covariance          = s^2 (J^T J + alpha / beta I)^-1
        s^2                 = |r|^2 / (M - effective_parameters)
        confidence interval : y +- t sqrt(g^T covariance g),      g = dy/dw at a new x
        prediction interval : y +- t sqrt(g^T covariance g + s^2 sigma^2)

    with J and r, weighted by 1 / sigma, at w; alpha is 0 without ``bayesian``. t is the
    quantile of Student's distribution of M - effective_parameters degrees of freedom;
    with ``absolute_sigma`` s^2 is 1, and t that of the normal one. The network is taken
    as linear around w (the delta method), and bounds as not reached.

    Attributes
    ----------
    w : ndarray, shape (P,)
        In the order of `flatten_parameters`, in float64.
    cost : float
        sum(r^2) / 2, without a penalty.
    residuals : ndarray, shape (M,)
        (net(x) - target) / sigma.
    nfev, njev : int
    status : int
    message : str
    success : bool
        As of `scipy.optimize.least_squares`.
    effective_parameters : float
        P; with ``bayesian`` gamma, the number that the data determine.
    degrees_of_freedom : float
        M - effective_parameters.
    alpha, beta : float or None
        With ``bayesian``: the inverse variances of the parameters, and of the weighted
        residuals.
    """

    def __init__(self, residuals, found, absolute_sigma):
        self._residuals, self.absolute_sigma = residuals, absolute_sigma
        M, P = residuals.shape
        self.w, self.residuals = found.x, residuals(found.x)
        self.cost = float(self.residuals @ self.residuals) / 2
        self.nfev, self.njev = int(found.nfev), int(found.njev or 0)
        self.status, self.message = int(found.status), found.message
        self.success = bool(found.success)
        self.alpha, self.beta = found.get("alpha"), found.get("beta")
        self.effective_parameters = float(found.get("effective_parameters", P))
        self.degrees_of_freedom = M - self.effective_parameters
        self._penalty = found.get("penalty")

    @cached_property
    def residual_variance(self):
        """s^2; inf where there are no more residuals than parameters."""
        if self.absolute_sigma:
            return 1.0
        if self.degrees_of_freedom <= 0:
            warnings.warn(
                f"LeastSquaresFit: {self.residuals.size} residuals tell nothing of "
                f"their variance beside {self.w.size} parameters; absolute_sigma and "
                "bayesian do without",
                RuntimeWarning,
                stacklevel=3,
            )
            return np.inf
        return 2 * self.cost / self.degrees_of_freedom

    @cached_property
    def covariance(self):
        """The covariance of w, (P, P).

        Of a singular J^T J it is the pseudo-inverse, with inf on the diagonal for each
        parameter that the residuals do not determine.

        Warns
        -----
        RuntimeWarning
            If J^T J is singular, or M <= P.
        """
        variance, P = self.residual_variance, self.w.size
        if variance == np.inf:
            return np.full((P, P), np.inf)
        return self._spread.inverse() * variance

    def standard_errors(self):
        """Return the standard error of each parameter, a dict of arrays by path."""
        flat = np.sqrt(np.diag(self.covariance))
        paths = self._residuals.outputs.parameters
        arrays = like([p for _, p, _ in paths], flat, np.float64)
        return {path: a for (path, _, _), a in zip(paths, arrays, strict=True)}

    @cached_property
    def _spread(self):
        return Spread(self._residuals.dense(self.w), self._penalty)

    def __repr__(self):
        M, P = self._residuals.shape
        return (
            f"LeastSquaresFit(cost {self.cost:.6g}, {M} residuals, {P} parameters: "
            f"{self.message})"
        )
