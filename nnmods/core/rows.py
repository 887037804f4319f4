"""Rows: diagonals by a Jacobian whose rows come from `backward`, one by one."""

import contextlib

import numpy as np

from nnmods.core.leaves import leaves
from nnmods.core.parameters import named_parameters
from nnmods.core.tables import map_table


def squared_inputs(module, x, d2C_dy2):
    """Return sum_i (dy_i/dx_j)^2 d2C_dy2[i] for each entry j of x."""
    total = zeros(x)
    unit_table = zeros(d2C_dy2)
    for unit, h in zip(leaves(unit_table), leaves(d2C_dy2), strict=True):
        for _, weight in zip(entries(unit), h.reshape(-1), strict=True):
            if weight != 0:
                map_table(_Square(weight), total, module.backward(x, unit_table))
    return total


def add_squared_params(module, x, d2C_dy2, scale):
    """Add scale * sum_i (dy_i/dp)^2 d2C_dy2[i] to grad_p, for each parameter."""
    grads = [grad for _, _, grad in named_parameters(module)]
    if not grads:
        return
    totals = [np.zeros_like(grad) for grad in grads]
    unit_table = zeros(d2C_dy2)
    with unchanged(grads):
        for unit, h in zip(leaves(unit_table), leaves(d2C_dy2), strict=True):
            for _, weight in zip(entries(unit), h.reshape(-1), strict=True):
                if weight != 0:
                    _set(grads, 0)
                    module.backward(x, unit_table)  # a container's needs it
                    module.acc_grad_params(x, unit_table)
                    map_table(_Square(scale * weight), totals, grads)
    map_table(_add, grads, totals)


def add_own_inputs(module, x, dC_dy, total):
    """Add the diagonal of the Hessian of <dC_dy, y> by x, an `hvp` for each entry."""

    def product(dx):
        module.jvp(x, dx)
        return module.hvp(x, dC_dy, dx)

    with unchanged([grad for _, _, grad in named_parameters(module)]):
        map_table(_add, total, diagonal(product, x))


def add_own_params(module, x, dC_dy, scale):
    """Add that by each parameter to the place of its gradient."""
    grads = [grad for _, _, grad in named_parameters(module)]
    totals = [np.zeros_like(grad) for grad in grads]
    dparams = [np.zeros(grad.shape, grad.dtype) for grad in grads]
    still = zeros(x)
    with unchanged(grads):
        for grad, unit, total in zip(grads, dparams, totals, strict=True):
            for j in entries(unit):
                _set(grads, 0)
                module.jvp(x, still, dparams)
                module.hvp(x, dC_dy, still, dparams)
                total.flat[j] = scale * grad.flat[j]
    map_table(_add, grads, totals)


def diagonal(product, x):
    """Return the diagonal of a matrix that multiplies directions shaped like x."""
    total = zeros(x)
    directions = zeros(x)
    kinds = [np.asarray(array).dtype.kind for array in leaves(x)]
    places = zip(leaves(directions), leaves(total), kinds, strict=True)
    for place, (unit, out, kind) in enumerate(places):
        if kind != "f":
            continue  # indices
        for j in entries(unit):
            column = product(directions)
            if column is not None:
                out.reshape(-1)[j] = list(leaves(column))[place].flat[j]
    return total


@contextlib.contextmanager
def unchanged(arrays):
    """Let arrays hold afterwards what they hold now, an error on the way or not."""
    kept = [array.copy() for array in arrays]
    try:
        yield
    finally:
        for array, value in zip(arrays, kept, strict=True):
            array[...] = value


def _add(total, term):
    total += term


class _Square:
    """Adds the square of an array, times a weight, to another one."""

    def __init__(self, weight):
        self.weight = weight

    def __call__(self, total, value):
        total += self.weight * np.square(value)


def entries(array):
    """Yield each index of a contiguous array of zeros while the entry is 1."""
    flat = array.reshape(-1)
    for i in range(flat.size):
        flat[i] = 1
        try:
            yield i
        finally:
            flat[i] = 0


def _set(arrays, value):
    for array in arrays:
        array[...] = value


def zeros(x):
    """Return zeros like an array or table, in float64 for indices."""

    def of_array(a):
        dtype = np.asarray(a).dtype
        return np.zeros(np.shape(a), dtype if dtype.kind == "f" else float)

    return map_table(of_array, x)
