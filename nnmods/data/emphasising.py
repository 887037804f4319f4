"""Emphasising: what is hard to learn is presented more often."""

import numpy as np

from nnmods.core.states import check_names
from nnmods.data.sampler import Sampler, as_amounts


class Emphasising(Sampler):
    """Presents samples of large cost more often [1]_.

    ::

        c_i = min(cost_i, the quantile ``cap`` of the costs)
        p_i = (1 - emphasis) / N + emphasis c_i / sum_j c_j

    with the cost that was last reported of each sample; one of which none was reported
    counts as the average of the others. In an epoch sample i comes N p_i times on the
    average, which is rounded down or up: while nothing is known, each comes once.

    What is reported during an epoch takes effect in the next.

    **Caveat.** Where a label is wrong, or a sample unlike all others, the cost stays
    large, and presenting it often harms. Hence the cap: if no more than a share
    1 - ``cap`` of the samples is of that kind, they are presented as often as the worst
    of the others, and no more; and the share 1 - ``emphasis`` that all samples have in
    common.

    Parameters
    ----------
    n_samples : int
        N.
    emphasis : float, default=0.5
        From 0, where all samples are alike, to 1, where what costs nothing is left out.
    cap : float, default=0.95
        From 0 to 1, where there is no cap.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Mueller, "Efficient BackProp", 1998,
           section 4.2.

    Examples
    --------
    >>> sampler = Emphasising(4, emphasis=1.0, cap=1.0)
    >>> sampler.report(np.arange(4), np.array([0.0, 1.0, 0.0, 3.0]))
    >>> np.bincount(sampler.order(np.random.default_rng(0), 2))
    array([0, 1, 0, 3])
    """

    def __init__(self, n_samples, emphasis=0.5, cap=0.95):
        for name, value in (("emphasis", emphasis), ("cap", cap)):
            if not 0 <= value <= 1:
                raise ValueError(f"Emphasising: {name} is {value}, expected 0 to 1")
        super().__init__(n_samples)
        self.emphasis, self.cap = emphasis, cap
        self._costs = np.full(self.n_samples, np.nan)  # nan: not known yet

    def report(self, indices, costs):
        """Take note of the costs of some samples, such as those of the last batch.

        Parameters
        ----------
        indices : ndarray of int, shape (B,)
            Such as `Minibatches.indices`.
        costs : ndarray, shape (B,)
            At least 0, and finite.

        Raises
        ------
        ValueError
            If they are none of this.
        """
        costs = as_amounts("Emphasising", "costs", costs)
        indices = np.asarray(indices)
        if indices.ndim != 1 or costs.shape != indices.shape:
            raise ValueError(
                f"Emphasising: costs has shape {costs.shape} for indices of shape "
                f"{indices.shape}, expected (B,) for both"
            )
        if indices.size == 0:
            return
        low, high = indices.min(), indices.max()
        if indices.dtype.kind not in "iu" or low < 0 or high >= self.n_samples:
            raise ValueError(
                f"Emphasising: indices has entries {low} to {high}, "
                f"expected integers from 0 to {self.n_samples - 1}"
            )
        self._costs[indices] = costs

    def expected_counts(self):
        """Return N p_i, how often the next epoch presents each sample on average."""
        known = ~np.isnan(self._costs)
        costs = self._costs[known]
        if costs.size:  # "lower": one of the costs, to which no outlier adds its share
            costs = np.minimum(costs, np.quantile(costs, self.cap, method="lower"))
        if not costs.any():
            return np.ones(self.n_samples)
        costs /= costs.max()  # the sum of large ones would overflow
        relative = np.ones(self.n_samples)
        relative[known] = costs / costs.mean()
        return 1 - self.emphasis + self.emphasis * relative

    def order(self, rng, batch_size):
        # Systematic sampling: a comb of N teeth, 1 apart, on lengths N p_i in a row.
        edges = np.cumsum(self.expected_counts())
        teeth = np.arange(self.n_samples) + rng.random()
        found = np.searchsorted(edges, teeth, side="right")
        return rng.permutation(np.minimum(found, self.n_samples - 1))

    def state_dict(self):
        """Return the costs that were reported last, nan where none was."""
        return {"costs": self._costs.copy()}

    def load_state_dict(self, state):
        """Take over the costs that `state_dict` returned.

        Raises
        ------
        ValueError
            If they are not those of N samples.
        """
        check_names("Emphasising", state, ["costs"])
        costs = np.asarray(state["costs"])
        if costs.shape != self._costs.shape or costs.dtype.kind != "f":
            raise ValueError(
                f"Emphasising: costs has shape {costs.shape} of {costs.dtype}, "
                f"expected {self._costs.shape} of float64"
            )
        as_amounts("Emphasising", "costs", costs[~np.isnan(costs)])
        self._costs[...] = costs
