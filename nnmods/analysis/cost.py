"""Cost: a criterion at one target, and what of a network counts to it."""

import numpy as np

from nnmods.analysis.checks import check_criterion
from nnmods.analysis.values import arrays_of, like, real, real_entries, real_size
from nnmods.core.rows import diagonal
from nnmods.core.tables import copied, map_table


class Cost:
    """C as a function of z: a criterion after the last modules of a network, if any.

    A criterion that takes one of some log-probabilities is linear in them: all
    curvature is in the `LogSoftMax` before it. So where a criterion is straight, a last
    module with ``joins_cost`` is taken out of the network, and stands here before it.

    Attributes
    ----------
    straight : bool
        Whether C is linear in z, or piecewise so.
    """

    def __init__(self, owner, criterion, target, tail=None):
        check_criterion(owner, criterion)
        self.criterion, self.target = criterion.clone(), copied_target(target)
        self.tail = tail
        self.straight = tail is None and not getattr(criterion, "curved", True)

    def at(self, z):
        """Take z, and return dC_dz."""
        self.z = self.y = z
        if self.tail is not None:
            self.y = copied(self.tail.forward(z))
        self.C = self.criterion.forward(self.y, self.target)
        self.dC_dy = copied(self.criterion.backward(self.y, self.target))
        self.gradient = self.dC_dy
        if self.tail is not None:
            self.gradient = copied(self.tail.backward(z, self.dC_dy))
        return self.gradient

    def hvp(self, dz):
        """Return the Hessian of C by z, times a tangent."""
        if self.tail is None:
            return self.criterion.hvp(self.y, self.target, dz)
        dy = self.tail.jvp(self.z, dz)
        ddC_dy = self.criterion.hvp(self.y, self.target, dy)
        return self.tail.backprop_jvp(self.z, self.dC_dy, dz, ddC_dy)

    @property
    def by_example(self):
        """Whether the Hessian has a block for each example, and nothing beside them.

        For each binary digit of their numbers it is asked what a change of the examples
        that have it does to the others: any two differ in one.
        """
        z = self.z
        if not isinstance(z, np.ndarray) or z.ndim == 0 or len(z) == 0:
            return False
        draw = np.random.default_rng(0).standard_normal(z.shape).astype(z.dtype)
        numbers = np.arange(len(z))
        for digit in range((len(z) - 1).bit_length()):
            still = (numbers >> digit) & 1 == 0
            dz = draw.copy()
            dz[still] = 0
            if np.any(self.hvp(dz)[still]):
                return False
        return True

    def diagonal(self):
        """Return the diagonal of the Hessian by z, shaped like z."""
        if self.tail is None:
            return copied(self.criterion.diag_hessian(self.y, self.target))
        if not self.by_example:
            return diagonal(self.hvp, self.z)
        z = self.z
        found, dz = np.zeros(z.shape, z.dtype), np.zeros(z.shape, z.dtype)
        rows, units = found.reshape(len(z), -1), dz.reshape(len(z), -1)
        for j in range(rows.shape[1]):
            units[:, j] = 1
            rows[:, j] = np.reshape(self.hvp(dz), rows.shape)[:, j]
            units[:, j] = 0
        return found

    def blocks(self):
        """Return the Hessian of each example, (N, K, K), with K entries of z each."""
        z = self.z
        n, k = len(z), z[0].size
        found, dz = np.zeros((n, k, k), z.dtype), np.zeros(z.shape, z.dtype)
        units = dz.reshape(n, k)
        for j in range(k):
            units[:, j] = 1
            found[:, j] = np.reshape(self.hvp(dz), (n, k))
            units[:, j] = 0
        return found

    def whole(self):
        """Return the Hessian by all real entries of z, in order, (M, M)."""
        z = self.z
        dtype = np.result_type(np.float16, *real(arrays_of(z), z))
        found = np.zeros((real_size(z),) * 2, dtype)
        for j, unit in enumerate(np.eye(len(found), dtype=dtype)):
            found[:, j] = real_entries(self.hvp(like(z, unit, dtype)), z, dtype)
        return found


def copied_target(target):
    """Return a copy of what a criterion compares with: arrays, tables, or anything."""
    return map_table(lambda a: a.copy() if isinstance(a, np.ndarray) else a, target)
