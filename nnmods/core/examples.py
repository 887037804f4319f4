"""Examples: the parameter gradients of each example of a batch, apart."""

import numpy as np

from nnmods.core.arrays import name_of
from nnmods.core.forgetting import forget_states
from nnmods.core.leaves import leaves
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
        example with a copy, which is right where examples do not depend on each other,
        nothing is random, and no state was kept from an earlier batch.
        """
        twin, axis = self.clone(), self.example_axis
        _, grads = twin.parameters()
        n = count(x, axis, self)
        found = [np.zeros((n, *grad.shape), grad.dtype) for grad in grads]
        if grads:
            for i in range(n):
                twin.zero_grad_params()
                forget_states(twin)
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
        n = count(x, self.example_axis, self)
        return sq_norms(self.per_example_grads(x, dC_dy), n, self.dtype)


def count(x, axis=0, module="count"):
    """Return the number of examples: the length that all arrays of x have in common.

    The error names ``module``.

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
            f"{name_of(module)}: x has shapes {shapes or 'of no arrays'}, "
            f"expected one length of axis {axis}, which counts examples"
        )
    return lengths.pop()


def cut(x, some, axis=0):
    """Return some examples, a slice of them, of an array or of each of a table."""
    return map_table(lambda a: a[(slice(None),) * axis + (some,)], x)


def part(x, i, axis=0):
    """Return example i of an array, or of each of a table, as a batch of one."""
    return cut(x, slice(i, i + 1), axis)


def sq_norms(grads, n, dtype):
    """Return the squared norms of gradients (N, ...), all together.

    Without any they are n zeros of a dtype.
    """
    total = 0
    for grad in grads:
        axes = tuple(range(1, grad.ndim))
        total = total + np.add.reduce(np.square(grad), axis=axes)
    return total if grads else np.zeros(n, dtype)
