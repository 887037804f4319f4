"""Shares: what one call adds to the gradients of a weight and a bias."""

from math import prod

import numpy as np

from nnmods.core.flat import common_vector
from nnmods.kernels.products import column_sums, product


def as_rows(name, array, work):
    """Return (..., M) as a matrix, a copy only where the memory demands it.

    Parameters
    ----------
    name : str
        Of the copy, in ``work``.
    array : ndarray
    work : Workspace
    """
    shape = prod(array.shape[:-1]), array.shape[-1]
    try:
        return np.reshape(array, shape, copy=False)
    except ValueError:
        copy = work(f"rows of {name}", shape, array.dtype)
        copy.reshape(array.shape)[...] = array
        return copy


class Shares:
    """Scratch for the shares of one call, both in one vector.

    Parameters
    ----------
    weight : ndarray, shape (out, in)
    bias : ndarray, shape (out,), or None

    Attributes
    ----------
    of_weight, of_bias : ndarray, or None
        Shaped like the parameters.
    """

    def __init__(self, weight, bias):
        n = weight.size
        self._both = np.empty(n + (0 if bias is None else bias.size), weight.dtype)
        self.of_weight = self._both[:n].reshape(weight.shape)
        self.of_bias = None if bias is None else self._both[n:]
        self._gradients = None, None
        self._together = None  # the one vector that the gradients are

    def compute(self, x, dC_dy, scale, times=product):
        """Write ``scale * dC_dy.T @ x`` and ``scale * dC_dy.sum(axis=0)``.

        Parameters
        ----------
        x, dC_dy : ndarray, shapes (N, in) and (N, out)
        scale : float
        times : callable
            ``dot``, where both are in one piece.
        """
        times(dC_dy.T, x, self.of_weight)
        if self.of_bias is not None:
            column_sums(dC_dy, self.of_bias)
        if scale != 1:
            np.multiply(self._both, scale, self._both)

    def add_to(self, grad_weight, grad_bias):
        """Add the shares to the gradients.

        After ``flatten_parameters`` these lie end to end in one vector: to add once
        takes less time than twice.
        """
        weight, bias = self._gradients
        if grad_weight is not weight or grad_bias is not bias:
            self._gradients = grad_weight, grad_bias
            self._together = None
            if grad_bias is not None:
                self._together = common_vector([grad_weight, grad_bias])
        if self._together is not None:
            np.add(self._together, self._both, self._together)
            return
        np.add(grad_weight, self.of_weight, grad_weight)
        if grad_bias is not None:
            np.add(grad_bias, self.of_bias, grad_bias)
