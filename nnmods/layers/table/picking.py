"""Picking: the family of modules that take some entries of a table."""

from nnmods.core import LinearMap
from nnmods.core.tables import map_table, reuse_table


class Picking(LinearMap):
    """Some entries of a table; the others get gradients of 0, nested as they are."""

    _results = (*LinearMap._results, "_zeros")
    _zeros = None

    def zeros_like(self, others):
        """Return zeros in the shapes of a table, in memory of the module's own."""
        self._zeros = reuse_table(self._zeros, self, others)
        # each time, lest somebody wrote to the last result
        map_table(lambda array: array.fill(0), self._zeros)
        return self._zeros
