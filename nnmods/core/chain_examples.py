"""ChainExamples: the parameter gradients of each example, for containers."""

import numpy as np

from nnmods.core.examples import Examples, count, sq_norms
from nnmods.core.kept_gradients import KeptGradients
from nnmods.core.places import places_of


class ChainExamples(KeptGradients):
    """The verbs of `Examples` of a wiring: each child's share, shared ones summed.

    Attributes
    ----------
    example_axis : int
        That of the first child with parameters, unless it is assigned: needed where a
        child turns its input round, such as a `Transpose` before a recurrent layer.
    """

    _example_axis = None

    @property
    def example_axis(self):
        if self._example_axis is not None:
            return self._example_axis
        places = places_of(self)
        return self.modules[places.taught[0]].example_axis if places.taught else 0

    @example_axis.setter
    def example_axis(self, axis):
        self._example_axis = axis

    def per_example_grads(self, x, dC_dy):
        n, taught = self._rows_of_examples(x, dC_dy, "per_example_grads")
        if taught is None:
            return Examples.per_example_grads(self, x, dC_dy)
        places = places_of(self)
        totals = [None] * places.count
        for i, child in taught:
            shares = child.per_example_grads(self._inputs[i], self._grads[i])
            for k, share in zip(places.of_child[i], shares, strict=True):
                totals[k] = share if totals[k] is None else totals[k] + share
        return [
            np.zeros((n, *p.shape), p.dtype) if total is None else total
            for (_, p, _), total in zip(self.named_parameters(), totals, strict=True)
        ]

    def per_example_sq_norms(self, x, dC_dy):
        n, taught = self._rows_of_examples(x, dC_dy, "per_example_sq_norms")
        if taught is None or self._places.shared:
            return sq_norms(self.per_example_grads(x, dC_dy), n, self.dtype)
        total = 0
        for i, child in taught:
            share = child.per_example_sq_norms(self._inputs[i], self._grads[i])
            total = total + share  # of the dtype that both have
        return total if taught else np.zeros(n, self.dtype)

    def _rows_of_examples(self, x, dC_dy, verb):
        """Return the number of examples, and the children that learn from them.

        These are a list of (i, child), of those that a gradient came by; or None, where
        not each of them has a row of its own for each example.
        """
        self._check_last(x, dC_dy, verb)
        axis, taught = self.example_axis, places_of(self).taught
        n = count(x, axis, self)
        taught = [(i, self.modules[i]) for i in taught if self._grads[i] is not None]
        for i, child in taught:
            if child.example_axis != axis:
                return n, None
            if not _are_rows(n, axis, self._inputs[i], self._grads[i]):
                return n, None
        return n, taught


def _are_rows(n, axis, *values):
    """Tell whether arrays and tables count n examples."""
    try:
        return all(count(value, axis) == n for value in values)
    except ValueError:
        return False
