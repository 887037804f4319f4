"""LeastSquaresFit: parameters that were fitted, and how well they are known."""

import warnings
from functools import cached_property

import numpy as np

from nnmods.analysis.outputs import Outputs
from nnmods.analysis.residuals import sigmas
from nnmods.analysis.spread import Spread, quantile
from nnmods.analysis.values import like


class LeastSquaresFit:
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

    def confidence_interval(self, x, level=0.95):
        """Return (low, high), between which the mean of targets at x lies.

        Parameters
        ----------
        x : ndarray or table
            New inputs, as of the network.
        level : float, default=0.95
            The probability of it.
            The probability of that.

        Returns
        -------
        low, high : ndarray or table
            Shaped like y, in float64; infinite where the residuals do not determine it.

        Raises
        ------
        ValueError
            If ``level`` is not between 0 and 1.
        """
        return self._interval("confidence_interval", x, level, None)

    def prediction_interval(self, x, level=0.95, sigma=1.0):
        """Return (low, high), between which a new target at x lies.

        Parameters
        ----------
        x, level
            As of `confidence_interval`.
        sigma : float, ndarray or table, default=1.0
            Of the new targets, on the scale of that of the fit.
        """
        return self._interval("prediction_interval", x, level, sigma)

    def _interval(self, owner, x, level, sigma):
        if not 0 < level < 1:
            raise ValueError(
                f"{owner}: level has value {level}, expected one between 0 and 1"
            )
        outputs = Outputs(owner, self._residuals.outputs.net_at(self.w), x)
        deviation = np.empty(outputs.shape[0])
        for rows, G in outputs.blocks(self.w):
            deviation[rows] = self._deviations(G)
        if sigma is not None:
            noise = sigmas(owner, sigma, outputs.y) * np.sqrt(self.residual_variance)
            deviation = np.hypot(deviation, noise)
        freedom = np.inf if self.absolute_sigma else self.degrees_of_freedom
        y, half = outputs(self.w), quantile(level, freedom) * deviation
        return like(outputs.y, y - half, float), like(outputs.y, y + half, float)

    @cached_property
    def _spread(self):
        return Spread(self._residuals.dense(self.w), self._penalty)

    def _deviations(self, G):
        """Return sqrt(g^T covariance g) for each row g."""
        if self.residual_variance == np.inf:
            return np.full(len(G), np.inf)
        return self._spread.deviations(G) * np.sqrt(self.residual_variance)

    def __repr__(self):
        M, P = self._residuals.shape
        return (
            f"LeastSquaresFit(cost {self.cost:.6g}, {M} residuals, {P} parameters: "
            f"{self.message})"
        )
