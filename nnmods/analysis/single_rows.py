"""Rows of a Jacobian by the parameters, from the gradients of single examples."""

import math

import numpy as np

from nnmods.analysis.singles import Singles
from nnmods.analysis.values import arrays_of, like, real, real_size
from nnmods.core.examples import Examples, count
from nnmods.core.parameters import own_parameters


def single_rows(net, x, y, dtype):
    """Yield (one entry of each example of y, the rows of dy/dw for these), in turn.

    A `backward` serves all examples at once, after the last `forward`, which was of x:
    that is right where they do not depend on each other.
    """
    for entries in places(y, net.example_axis).T:
        unit = np.zeros(real_size(y))
        unit[entries] = 1
        dC_dy = like(y, unit, dtype)
        net.backward(x, dC_dy)
        grads = net.per_example_grads(x, dC_dy)
        flat = [grad.reshape(len(entries), -1) for grad in grads]
        yield entries, np.concatenate(flat, axis=1)


def suits(at, most):
    """Tell whether that is right, and takes no more than so many sweeps.

    A class without a formula for the gradients of single examples takes one for each.
    """
    axis = at.net.example_axis
    try:
        if count(at.x, axis) != count(at.y, axis):
            return False
    except ValueError:
        return False
    N, K = places(at.y, axis).shape
    looped = any(
        type(module).per_example_grads is Examples.per_example_grads
        for module in at.net.list_modules()
        if list(own_parameters(module))
    )
    return (K * N if looped else K) <= most and Singles(at).fits


def places(y, axis):
    """Return which real entries of y, in order, are each example's, (N, K)."""
    found, start = [np.zeros((count(y, axis), 0), int)], 0
    for array in real(arrays_of(y), y):
        own = np.arange(start, start + array.size).reshape(array.shape)
        own = np.moveaxis(own, axis, 0)
        found.append(own.reshape(len(own), math.prod(own.shape[1:])))
        start += array.size
    return np.concatenate(found, axis=1)
