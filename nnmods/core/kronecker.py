"""Kronecker: rows whose outer products make up a parameter gradient."""

import numpy as np


class Kronecker:
    """The verbs by which a module's parameter gradient is a product of two matrices.

    ::

        gradients of all parameters, each as (M, K_p), side by side
            = kronecker_outputs(dC_dy).T @ kronecker_inputs(x)         (M, K)

    A module that a weight matrix makes, such as `Linear` or a convolution, has such
    rows, and a curvature of the form A (x) G. Others return None.
    """

    def kronecker_inputs(self, x):
        """Return the rows that the weight multiplies, (R, K), or None.

        A row belongs to one example, or to one position of it; a last entry of 1 is for
        the bias, which is a last parameter.
        """

    def kronecker_outputs(self, dC_dy):
        """Return the gradients by what the weight makes of each row, (R, M), or None.

        The rows are in the order of those of `kronecker_inputs`.
        """


def beside_ones(rows, ones):
    """Return rows (R, K), with a last column of ones if there is to be one.

    Examples
    --------
    >>> beside_ones(np.array([[2.0, 3.0]]), True)
    array([[2., 3., 1.]])
    """
    return (
        np.concatenate([rows, np.ones((len(rows), 1), rows.dtype)], 1) if ones else rows
    )
