"""Rows: products with a Jacobian whose rows come from `backward`, one by one."""

import copy

import numpy as np

from nnmods.core.leaves import leaves
from nnmods.core.parameters import named_parameters
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import map_table


def jvp_by_rows(module, x, dx, dparams=None):
    """Return J dx + sum_p J_p dp by a `backward` for each entry of y.

    ::

        dy_i = <backward(x, e_i), dx> + sum_p <gradient by p for e_i, dp>

    The module stays as it is: a copy does the work.
    """
    twin, y = _twin(module, x)
    dy = map_table(lambda a: np.zeros(np.shape(a), _float(a)), y)
    dC_dy = map_table(lambda a: np.zeros(np.shape(a), _float(a)), y)
    for unit, out in zip(leaves(dC_dy), leaves(dy), strict=True):
        for i in _entries(unit):
            total = _dot(twin.backward(x, dC_dy), dx)
            if dparams:
                twin.zero_grad_params()
                twin.acc_grad_params(x, dC_dy)
                total += _dot(twin.parameters()[1], list(dparams))
            out.reshape(-1)[i] = total
    return dy


def squared_inputs(module, x, d2C_dy2):
    """Return sum_i (dy_i/dx_j)^2 d2C_dy2[i] for each entry j of x."""
    total = map_table(lambda a: np.zeros(np.shape(a), _float(a)), x)
    unit_table = map_table(lambda a: np.zeros(a.shape, a.dtype), d2C_dy2)
    for unit, h in zip(leaves(unit_table), leaves(d2C_dy2), strict=True):
        for _, weight in zip(_entries(unit), h.reshape(-1), strict=True):
            if weight != 0:
                map_table(_Square(weight), total, module.backward(x, unit_table))
    return total


def add_squared_params(module, x, d2C_dy2, scale):
    """Add scale * sum_i (dy_i/dp)^2 d2C_dy2[i] to grad_p, for each parameter."""
    grads = [grad for _, _, grad in named_parameters(module)]
    if not grads:
        return
    totals = [grad.copy() for grad in grads]
    unit_table = map_table(lambda a: np.zeros(a.shape, a.dtype), d2C_dy2)
    for unit, h in zip(leaves(unit_table), leaves(d2C_dy2), strict=True):
        for _, weight in zip(_entries(unit), h.reshape(-1), strict=True):
            if weight != 0:
                _set(grads, 0)
                module.backward(x, unit_table)  # a container's needs it
                module.acc_grad_params(x, unit_table)
                map_table(_Square(scale * weight), totals, grads)
    for grad, total in zip(grads, totals, strict=True):
        grad[...] = total


def add_own_inputs(module, x, dC_dy, total):
    """Add the diagonal of the Hessian of <dC_dy, y> by x, an `hvp` for each entry."""
    grads = [grad for _, _, grad in named_parameters(module)]
    kept = [grad.copy() for grad in grads]

    def product(dx):
        module.jvp(x, dx)
        return module.hvp(x, dC_dy, dx)

    map_table(_add, total, diagonal(product, x))
    for grad, value in zip(grads, kept, strict=True):
        grad[...] = value


def add_own_params(module, x, dC_dy, scale):
    """Add that by each parameter to the place of its gradient."""
    grads = [grad for _, _, grad in named_parameters(module)]
    totals = [grad.copy() for grad in grads]
    dparams = [np.zeros(grad.shape, grad.dtype) for grad in grads]
    still = map_table(lambda a: np.zeros(np.shape(a), _float(a)), x)
    for grad, unit, total in zip(grads, dparams, totals, strict=True):
        for j in _entries(unit):
            _set(grads, 0)
            module.jvp(x, still, dparams)
            module.hvp(x, dC_dy, still, dparams)
            total.flat[j] += scale * grad.flat[j]
    for grad, total in zip(grads, totals, strict=True):
        grad[...] = total


def diagonal(product, x):
    """Return the diagonal of a matrix that multiplies directions shaped like x."""
    total = map_table(lambda a: np.zeros(np.shape(a), _float(a)), x)
    directions = map_table(lambda a: np.zeros(np.shape(a), _float(a)), x)
    kinds = [np.asarray(array).dtype.kind for array in leaves(x)]
    places = zip(leaves(directions), leaves(total), kinds, strict=True)
    for place, (unit, out, kind) in enumerate(places):
        if kind != "f":
            continue  # indices
        for j in _entries(unit):
            column = product(directions)
            if column is not None:
                out.reshape(-1)[j] = list(leaves(column))[place].flat[j]
    return total


def _add(total, term):
    total += term


class _Square:
    """Adds the square of an array, times a weight, to another one."""

    def __init__(self, weight):
        self.weight = weight

    def __call__(self, total, value):
        total += self.weight * np.square(value)


def _entries(array):
    """Yield each index of a contiguous array of zeros while the entry is 1."""
    flat = array.reshape(-1)
    for i in range(flat.size):
        flat[i] = 1
        try:
            yield i
        finally:
            flat[i] = 0


def _twin(module, x):
    """Return a copy of a module after its `forward` of x, and y.

    What a user's module keeps from one verb to the next, such as a mask, is what the
    original holds: `forward` may have drawn another one in the copy.
    """
    twin = module.clone()
    with unmoved_rng():
        y = twin.forward(x)
    kept = {k: v for k, v in vars(module).items() if k not in module._results}
    kept = {k: v for k, v in kept.items() if k not in ("_flat", "_anchor")}
    vars(twin).update(copy.deepcopy(kept))
    return twin, y


def _dot(a, b):
    pairs = zip(leaves(a), leaves(b), strict=True)
    return sum(float(np.vdot(p, q)) for p, q in pairs if p is not None)


def _set(arrays, value):
    for array in arrays:
        array[...] = value


def _float(a):
    dtype = np.asarray(a).dtype
    return dtype if dtype.kind == "f" else np.dtype(float)
