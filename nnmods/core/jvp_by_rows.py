"""The Jacobian times a direction, of a module that does not write `jvp`."""

import copy

import numpy as np

from nnmods.core.leaves import leaves
from nnmods.core.parameters import own_parameters
from nnmods.core.rng import unmoved_rng
from nnmods.core.rows import entries, zeros


def jvp_by_rows(module, x, dx, dparams=None):
    """Return J dx + sum_p J_p dp by a `backward` for each entry of y.

    ::

        dy_i = <backward(x, e_i), dx> + sum_p <gradient by p for e_i, dp>

    The module stays as it is: a copy does the work.
    """
    twin, y = _twin(module, x)
    dy = zeros(y)
    dC_dy = zeros(y)
    for unit, out in zip(leaves(dC_dy), leaves(dy), strict=True):
        for i in entries(unit):
            total = _dot(twin.backward(x, dC_dy), dx)
            if dparams:
                twin.zero_grad_params()
                twin.acc_grad_params(x, dC_dy)
                total += _dot(twin.parameters()[1], list(dparams))
            out.reshape(-1)[i] = total
    return dy


def _twin(module, x):
    """Return a copy of a module after its `forward` of x, and y.

    What a user's module keeps from one verb to the next, such as a mask, is what the
    original holds: `forward` may have drawn another one in the copy. So it is with the
    modules below it, in whose place those of the copy stand.
    """
    twin = module.clone()
    with unmoved_rng():
        y = twin.forward(x)
    pairs = list(zip(module.list_modules(), twin.list_modules(), strict=True))
    memo = {id(original): one for original, one in pairs}
    for original, one in pairs:
        vars(one).update(copy.deepcopy(_kept(original), memo))
    return twin, y


def _kept(module):
    """Return the attributes that are neither results nor parameters."""
    left_out = {*module._results, "_flat", "_anchor"}
    for name, _, _ in own_parameters(module):
        left_out |= {name, f"grad_{name}"}
    return {k: v for k, v in vars(module).items() if k not in left_out}


def _dot(a, b):
    pairs = zip(leaves(a), leaves(b), strict=True)
    return sum(float(np.vdot(p, q)) for p, q in pairs if p is not None)
