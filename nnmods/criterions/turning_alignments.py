"""TurningAlignments: how sums over alignments change with the scores."""

import numpy as np

from nnmods.criterions.alignments import Alignments


class TurningAlignments(Alignments):
    """Alignments whose shares have a derivative along a direction of the scores.

    The logarithm of a sum changes by the mean of what its terms change by, each with
    its share in the sum. So the derivatives follow the same steps through time as the
    sums: those from the beginning, from the end, and of all alignments::

        share' = share * (ahead' + behind' - total')

    This is the operator R{} of B. Pearlmutter, "Fast exact multiplication by the
    Hessian", Neural Computation 6, 1994, for the sums of `Alignments`.
    """

    _turned_ahead = None

    def turned_shares(self, turns, n_times, n_labels, total):
        """Yield (t, share'), from the last time to the first.

        Parameters
        ----------
        turns : ndarray, shape (n_times, n_states, n_samples)
            The direction in which the scores change.
        n_times, n_labels, total
            As `shares` takes them.
        """
        total_turn = self._turn_ahead(turns, n_times, n_labels)
        ahead, beta, behind = self._turned_ahead, self._turned_beta, self._turned_behind
        beta.fill(0)
        end = n_times.max(initial=0)
        for t, share in self.shares(n_times, n_labels, total):
            if t + 1 < end:
                np.add(beta, turns[t + 1], out=behind[:-2])
                self._mean((behind[:-2], behind[1:-1], behind[2:]), beta)
            np.copyto(beta, 0, where=n_times == t + 1)
            np.add(ahead[t + 1, 2:], beta, out=self._part)
            np.subtract(self._part, total_turn, out=self._part)
            yield t, np.multiply(share, self._part, out=share)

    def _turn_ahead(self, turns, n_times, n_labels):
        """Go through time from its beginning, and return total'."""
        n, n_states, n_samples = self.shape
        if self._turned_ahead is None:
            # Nothing changes where nobody is: two states more, as in the sums.
            self._turned_ahead = np.zeros((n + 1, n_states + 2, n_samples))
            self._turned_behind = np.zeros((n_states + 2, n_samples))
            self._turned_beta, self._part, self._weight = np.empty(
                (3, n_states, n_samples)
            )
        ahead = self._turned_ahead
        for t in range(n_times.max(initial=0)):
            self._step_ahead(t)
            before, after = ahead[t], ahead[t + 1, 2:]
            self._mean((before[2:], before[1:-1], before[:-2]), after)
            np.add(after, turns[t], out=after)
        total = np.zeros(n_samples)
        for i in (1, 2):
            place = n_times, 2 * n_labels + i, self._samples
            share = np.exp(self._ahead[place] - self.total)
            share[np.isneginf(self.total)] = 0  # no alignment
            total += share * ahead[place]
        return total

    def _mean(self, turns, out):
        """Write the mean of three ways' changes, by the shares of the last sum."""
        weight, part = self._weight, self._part
        np.add.reduce(self._ways, axis=0, out=weight)
        np.copyto(weight, 1, where=weight == 0)  # no way
        out.fill(0)
        for way, turn in zip(self._ways, turns, strict=True):
            np.multiply(way, turn, out=part)
            np.add(out, part, out=out)
        np.divide(out, weight, out=out)
