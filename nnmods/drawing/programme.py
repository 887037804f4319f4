"""Linear programmes over places from left to right."""

import numpy as np


class Programme:
    """A linear programme over the places of n columns."""

    def __init__(self, n):
        self.cost = np.zeros(n)
        self.n = n
        self.wanted = []  # weights of columns, offset, weight
        self.kept = []  # left, right, distance

    def keep(self, a, b, length):
        """Demand that b stands at least this far to the right of a."""
        self.kept.append((a, b, length))

    def want(self, weights, offset, weight):
        """Ask that the weighted sum of places equals the offset."""
        self.wanted.append((weights, offset, weight))

    def solve(self):
        """Return the places."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        n, m = self.n, len(self.wanted)
        entries, low = [], []
        for a, b, length in self.kept:
            row = len(low)
            entries += [(row, b, 1.0), (row, a, -1.0)]
            low.append(length)
        for i, (weights, offset, _) in enumerate(self.wanted):
            for sign in (1, -1):  # bound i >= sign * (sum - offset)
                row = len(low)
                entries += [(row, c, -sign * w) for c, w in weights.items()]
                entries.append((row, n + i, 1.0))
                low.append(-sign * offset)
        rows, columns, values = zip(*entries, strict=True)
        matrix = coo_array((values, (rows, columns)), shape=(len(low), n + m))
        least = np.full(n + m, -np.inf)
        least[n:] = least[n - 2] = 0
        most = np.full(n + m, np.inf)
        most[n - 2] = 0  # the left border is where x counts from
        found = milp(
            np.concatenate([self.cost, [w for *_, w in self.wanted]]),
            bounds=Bounds(least, most),
            constraints=LinearConstraint(matrix.tocsr(), low, np.inf),
        )
        return found.x
