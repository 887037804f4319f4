"""Weighted: samples drawn in proportion to weights."""

import numpy as np

from nnmods.data.sampler import Sampler, as_amounts


class Weighted(Sampler):
    """Draws samples with replacement, in proportion to their weights.

    Parameters
    ----------
    weights : array-like, shape (N,)
        At least 0, and not all 0. What has weight 0 is never drawn.
    n_draws : int, default=None
        Samples in an epoch; None stands for N.

    Raises
    ------
    ValueError
        If the weights are none of this.

    Examples
    --------
    >>> Weighted([0.0, 1.0, 0.0]).order(np.random.default_rng(0), 2)
    array([1, 1, 1])
    """

    def __init__(self, weights, n_draws=None):
        weights = as_amounts("Weighted", "weights", weights)
        if weights.ndim != 1 or not weights.any():
            raise ValueError(
                f"Weighted: weights has shape {weights.shape} and maximum "
                f"{weights.max(initial=0)}, expected (N,) and more than 0"
            )
        super().__init__(len(weights), n_draws)
        self._edges = np.cumsum(weights / weights.max())
        self._edges /= self._edges[-1]

    def order(self, rng, batch_size):
        return np.searchsorted(self._edges, rng.random(self.n_draws), side="right")
