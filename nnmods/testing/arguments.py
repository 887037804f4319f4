"""Checks of arguments: they are left alone, and may be of any dtype and strides."""

import numpy as np

from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import (
    EXACT,
    SINGLE,
    ContractError,
    leaves,
    require_close,
)


def check_arguments(subject):
    """No argument is written to, and ``module(x)`` belongs to the caller."""
    module, x = subject.module, subject.x
    dC_dy = subject.direction(subject.forward())
    for name, argument in (("x", x), ("dC_dy", dC_dy)):
        before = copied(argument)
        subject.forward()
        module.backward(x, dC_dy)
        module.acc_grad_params(x, dC_dy)
        module.backprop(x, dC_dy)
        for a, b in zip(leaves(argument), leaves(before), strict=True):
            if not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                raise ContractError(f"{module!r}: {name} was written to")
    subject.restart()
    owned = module(x)
    last = copied(owned)
    subject.forward(map_table(_changed, x))
    for a, b in zip(leaves(owned), leaves(last), strict=True):
        if not np.array_equal(a, b, equal_nan=True):
            raise ContractError(
                f"{module!r}: what module(x) returned was overwritten by a later call"
            )


def _changed(x):
    return x[...] * 2 if x.dtype.kind == "f" else x[::-1]  # indices stay in range


def check_dtypes(subject):
    """float32 stays float32, and agrees with float64."""
    dC_dy = subject.direction(subject.forward())
    y, dC_dx = subject.backward(subject.x, dC_dy)
    grads = subject.grads(subject.x, dC_dy)
    subject.restart()  # the single-precision one draws the same numbers
    other = type(subject)(subject.module, subject.x, 0)
    other.module.float()
    single_x, single_dC_dy = map_table(_single, subject.x), map_table(_single, dC_dy)
    got = other.backward(single_x, single_dC_dy)
    got = (*got, other.grads(single_x, single_dC_dy))
    names = ("y", "dC_dx", "a parameter gradient")
    for name, mine, wanted in zip(names, got, (y, dC_dx, grads), strict=True):
        for a in leaves(mine):
            if np.asarray(a).dtype != np.float32:
                raise ContractError(
                    f"{subject.module!r}: {name} has dtype {np.asarray(a).dtype} "
                    "for float32 arguments, expected float32"
                )
        require_close(subject.module, f"{name} in float32", mine, wanted, SINGLE)


def _single(x):
    return x.astype(np.float32) if x.dtype.kind == "f" else x


def check_layouts(subject):
    """Any strides give the same numbers."""
    module, x = subject.module, subject.x
    dC_dy = subject.direction(subject.forward())
    y, dC_dx = subject.backward(x, dC_dy)
    grads = subject.grads(x, dC_dy)
    for name, layout in LAYOUTS.items():
        other_x, other_dC_dy = map_table(layout, x), map_table(layout, dC_dy)
        got = subject.backward(other_x, other_dC_dy)
        require_close(module, f"y for {name} x", got[0], y, EXACT)
        require_close(module, f"dC_dx for {name} arrays", got[1], dC_dx, EXACT)
        got = subject.grads(other_x, other_dC_dy)
        require_close(module, f"gradients for {name} arrays", got, grads, EXACT)


def _spread(x):
    wide = np.zeros([2 * n for n in x.shape], x.dtype)
    view = wide[(..., *(slice(None, None, 2) for _ in x.shape))]  # an array in any case
    view[...] = x
    return view


def _reversed(x):
    turn = tuple(slice(None, None, -1) for _ in x.shape)
    return x[turn].copy()[turn] if turn else x.copy()


def batch_last(x):
    """Return an equal array whose memory runs along the first axis."""
    if np.ndim(x) < 2:
        return np.array(x)
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


#: Ways to lay out the same array in memory.
LAYOUTS = {
    "strided": _spread,
    "reversed": _reversed,
    "Fortran-ordered": np.asfortranarray,
    "batch-last": batch_last,
}
