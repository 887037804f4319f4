"""Intervals: between which values outputs lie, by the spread of the parameters."""

import numpy as np

from nnmods.analysis.outputs import Outputs
from nnmods.analysis.residuals import sigmas
from nnmods.analysis.spread import quantile
from nnmods.analysis.values import like


class Intervals:
    """The intervals of a fit, such as `LeastSquaresFit`, whose formulas they follow.

    They take its ``w``, ``residual_variance``, ``degrees_of_freedom`` and
    ``absolute_sigma``, the `Spread` of its parameters and its `Residuals`.
    """

    def confidence_interval(self, x, level=0.95):
        """Return (low, high), between which the mean of targets at x lies.

        Parameters
        ----------
        x : ndarray or table
            New inputs, as of the network.
        level : float, default=0.95
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

    def _deviations(self, G):
        """Return sqrt(g^T covariance g) for each row g."""
        if self.residual_variance == np.inf:
            return np.full(len(G), np.inf)
        return self._spread.deviations(G) * np.sqrt(self.residual_variance)
