"""Examples: the parameter gradients of each example of a batch, apart."""

import numpy as np

from nnmods.core.arrays import same
from nnmods.core.leaves import leaves
from nnmods.core.places import places_of
from nnmods.core.tables import map_table


class Examples:
    """The verbs that tell the examples of a batch apart, which every module has.

    A module whose parameters an example touches by a formula of its own, such as an
    outer product, writes `per_example_grads`, and `per_example_sq_norms` where squared
    norms can be had without the gradients.

    Attributes
    ----------
    example_axis : int, default=0
        Along which x and dC_dy count examples.
    """

    example_axis = 0

    def per_example_grads(self, x, dC_dy):
        """Return what `acc_grad_params` sums over the batch, before the sum.

        Parameters
        ----------
        x, dC_dy : ndarray or table
            Those of the last `forward` and, of a container, `backward`.

        Returns
        -------
        list of ndarray
            In the order of `parameters`, each (N, *shape of the parameter).

        Notes
        -----
        A class without a formula of its own does a `forward` and a `backprop` of each
        example with a copy, which is right where examples do not depend on each other
        and nothing is random.
        """
        twin, axis = self.clone(), self.example_axis
        _, grads = twin.parameters()
        n = count(x, axis)
        found = [np.zeros((n, *grad.shape), grad.dtype) for grad in grads]
        if grads:
            for i in range(n):
                twin.zero_grad_params()
                sample = part(x, i, axis)
                twin.forward(sample)
                twin.backprop(sample, part(dC_dy, i, axis), 1.0, False)
                for grad, out in zip(grads, found, strict=True):
                    out[i] = grad
        return found

    def per_example_sq_norms(self, x, dC_dy):
        """Return the squared norm of each example's gradient, all parameters together.

        Returns
        -------
        ndarray, shape (N,)
        """
        return sq_norms(
            self.per_example_grads(x, dC_dy), count(x, self.example_axis), self.dtype
        )


class ChainExamples:
    """The same for containers: each child's share, summed where parameters are one.

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
        n = count(x, self.example_axis)
        return n, self._taught() if self._keeps_examples(n) else None

    def _taught(self):
        """Return (i, child) of the children with parameters that a gradient came by."""
        taught = places_of(self).taught
        return [(i, self.modules[i]) for i in taught if self._grads[i] is not None]

    def _keeps_examples(self, n):
        """Tell whether each of them has a row of its own for each example."""
        axis = self.example_axis
        for i, child in self._taught():
            if child.example_axis != axis:
                return False
            if not _are_rows(n, axis, self._inputs[i], self._grads[i]):
                return False
        return True

    def _check_last(self, x, dC_dy, verb):
        self._check_x(x)
        if self._dC_dy is None or not same(dC_dy, self._dC_dy):
            raise RuntimeError(
                f"{type(self).__name__}: {verb} needs backward(x, dC_dy) first"
            )


def _are_rows(n, axis, *values):
    """Tell whether arrays and tables count n examples."""
    try:
        return all(count(value, axis) == n for value in values)
    except ValueError:
        return False


def count(x, axis=0):
    """Return the number of examples: the length that all arrays of x have in common.

    Raises
    ------
    ValueError
        If the lengths differ, or an array has no such axis.
    """
    if type(x) is np.ndarray and x.ndim > axis:
        return x.shape[axis]
    lengths = {np.shape(a)[axis] if np.ndim(a) > axis else None for a in leaves(x)}
    if len(lengths) != 1 or None in lengths:
        shapes = ", ".join(str(np.shape(a)) for a in leaves(x))
        raise ValueError(
            f"x has shapes {shapes or 'of no arrays'}, expected one length of axis "
            f"{axis}, which counts examples"
        )
    return lengths.pop()


def part(x, i, axis=0):
    """Return example i of an array, or of each of a table, as a batch of one."""
    return map_table(lambda a: a[(slice(None),) * axis + (slice(i, i + 1),)], x)


def sq_norms(grads, n, dtype):
    """Return the squared norms of gradients (N, ...), all together."""
    total = np.zeros(n, dtype)
    for grad in grads:
        axes = tuple(range(1, grad.ndim))
        total = total + np.add.reduce(np.square(grad), axis=axes)
    return total
