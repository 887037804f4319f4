"""Alignments: the ways in which labels can be spread over time, and their sums.

The labels of a sample, with a blank before, between and after them, are its states.
An alignment is in one of them at each time: it begins in one of the first two, ends in
one of the last two, and stays, goes on by one, or skips a blank between two labels
that differ. Arrays run over (time, state, sample); all is in logarithms.
"""

import numpy as np


class Alignments:
    """Sums over all alignments of N samples, from both ends of time.

    Parameters
    ----------
    n_times, n_states, n_samples : int

    Attributes
    ----------
    scores : ndarray, shape (n_times, n_states, n_samples)
        Log-probabilities of the states, to be written.
    skip : ndarray, shape (n_states, n_samples)
        0 where a state may be entered from the one before the last, else -inf; to be
        written.
    total : ndarray, shape (n_samples,)
        Log-probability of all alignments.

    References
    ----------
    A. Graves, S. Fernandez, F. Gomez, J. Schmidhuber, "Connectionist temporal
    classification", ICML 2006, section 4.1.
    """

    def __init__(self, n_times, n_states, n_samples):
        self.shape = n_times, n_states, n_samples
        self.scores = np.empty(self.shape)
        self.skip = np.empty((n_states, n_samples))
        self.total = np.empty(n_samples)
        # Two states more on the side where one enters: nobody is there, but for the
        # start in the state before the first one.
        self._ahead = np.full((n_times + 1, n_states + 2, n_samples), -np.inf)
        self._ahead[0, 1] = 0
        self._behind = np.full((n_states + 2, n_samples), -np.inf)
        self._ways = np.empty((3, n_states, n_samples))
        self._top = np.empty((n_states, n_samples))
        self._beta = np.empty((n_states, n_samples))
        self._last = np.empty((n_states, n_samples))
        self._samples = np.arange(n_samples)

    def sum_ahead(self, n_times, n_labels):
        """Sum over the beginnings of alignments, and over all of them.

        Parameters
        ----------
        n_times, n_labels : ndarray of int, shape (N,)
            The length of each sample in time, and the number of its labels.
        """
        for t in range(n_times.max(initial=0)):
            self._step_ahead(t)
        ends = (self._ahead[n_times, 2 * n_labels + i, self._samples] for i in (1, 2))
        np.logaddexp(*ends, out=self.total)

    def shares(self, n_times, n_labels, total):
        """Yield (t, share), from the last time to the first.

        The share of each state, in memory that the next step overwrites, is that of
        the alignments that are there at time t, in exp(total); `sum_ahead` was before.
        """
        behind, ways, beta = self._behind, self._ways, self._beta
        last, share = self._last, self._top
        last.fill(-np.inf)
        last[2 * n_labels, self._samples] = 0
        last[np.maximum(2 * n_labels - 1, 0), self._samples] = 0
        beta.fill(-np.inf)
        end = n_times.max(initial=0)
        for t in range(end - 1, -1, -1):
            if t + 1 < end:
                np.add(beta, self.scores[t + 1], out=behind[:-2])
                ways[0] = behind[:-2]
                ways[1] = behind[1:-1]
                ways[2] = -np.inf
                np.add(behind[2:-2], self.skip[2:], out=ways[2, :-2])
                self._sum_ways(beta)
            np.copyto(beta, last, where=n_times == t + 1)
            np.add(beta, self._ahead[t + 1, 2:], out=share)
            np.subtract(share, total, out=share)
            np.exp(share, out=share)
            np.copyto(share, 0, where=n_times <= t)
            yield t, share

    def _step_ahead(self, t):
        """Sum over what leads to time t + 1 from that before."""
        before, after, ways = self._ahead[t], self._ahead[t + 1, 2:], self._ways
        ways[0] = before[2:]
        ways[1] = before[1:-1]
        np.add(before[:-2], self.skip, out=ways[2])
        self._sum_ways(after)
        np.add(after, self.scores[t], out=after)

    def _sum_ways(self, out):
        """Write the logarithm of the sum of exponentials of the three ways.

        In the place of these, it leaves what they have in the sum, up to a factor.
        """
        ways, top = self._ways, self._top
        np.maximum.reduce(ways, axis=0, out=top)
        np.maximum(top, _LEAST, out=top)  # -inf less -inf would be NaN
        np.subtract(ways, top, out=ways)
        np.exp(ways, out=ways)
        np.add.reduce(ways, axis=0, out=out)
        np.log(out, out=out)
        np.add(out, top, out=out)


_LEAST = np.finfo(np.float64).min
