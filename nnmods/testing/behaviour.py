"""Checks of everything about a module but its derivatives."""

import copy
import pickle
import sys
from types import FunctionType

import numpy as np

from nnmods.core.tables import copied, is_table, map_table
from nnmods.testing.compare import (
    EXACT,
    SINGLE,
    ContractError,
    leaves,
    require_close,
    require_structure,
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


def check_batches(subject, independent):
    """Batches of other sizes work, and give each sample what it had."""
    size = len(leaves(subject.x)[0])
    for count in (1, size, size - 1, size):
        _check_part(subject, count, independent)


def check_empty(subject, independent):
    """A batch of no samples works."""
    _check_part(subject, 0, independent)


def _check_part(subject, count, independent):
    module, y = subject.module, subject.forward()
    part = map_table(lambda a: a[:count], subject.x)
    got = subject.forward(part)
    dC_dy = subject.direction(got)
    require_structure(module, "dC_dx", subject.backward(part, dC_dy)[1], part)
    subject.grads(part, dC_dy)
    if independent:
        wanted = map_table(lambda a: a[:count], y)
        require_close(module, f"y of {count} samples", got, wanted, EXACT)


def check_single(subject, independent, gradients=True):
    """A sample without a batch axis is treated as in a batch of one."""
    module, x = subject.module, subject.x
    sample, batch = map_table(lambda a: a[0], x), map_table(lambda a: a[:1], x)
    got = subject.forward(sample)
    dC_dy = subject.direction(got)
    dC_dx = subject.backward(sample, dC_dy)[1]
    grads = subject.grads(sample, dC_dy) if gradients else None
    if independent:
        dC_dy = map_table(lambda a: a[None], dC_dy)
        pairs = zip((got, dC_dx), subject.backward(batch, dC_dy), strict=True)
        for name, (mine, wanted) in zip(("y", "dC_dx"), pairs, strict=True):
            wanted = map_table(lambda a: a[0], wanted)
            require_close(module, f"{name} of one sample", mine, wanted, EXACT)
        if gradients:
            wanted = subject.grads(batch, dC_dy)
            require_close(module, "gradients of one sample", grads, wanted, EXACT)


def check_copies(subject):
    """Copies compute the same; flat parameters stay views of one vector."""
    module, x, y = subject.module, subject.x, subject.forward()
    w, dC_dw = module.flatten_parameters()
    again = module.flatten_parameters()
    if again[0] is not w or again[1] is not dC_dw:
        raise ContractError(f"{module!r}: flatten_parameters() twice gives new vectors")
    subject.restart()  # copies draw from here on what the module draws
    copies = {"deepcopy": copy.deepcopy(module)}
    if all(map(_is_importable, _pickled_by_name(module))):
        copies["pickle"] = pickle.loads(pickle.dumps(module))
    for name, other in copies.items():
        if other._flat is None:
            raise ContractError(f"{module!r}: a {name} is no longer flat")
        require_views(other, *other._flat, f"after {name}")
        if any(np.shares_memory(w, p) for p in other.parameters()[0] if p.size):
            raise ContractError(f"{module!r}: a {name} shares parameters")
        subject.restart()
        require_close(module, f"y of a {name}", copied(other.forward(x)), y, EXACT)
    other = copies["deepcopy"]
    flat = other.flatten_parameters()
    other.reset(0)
    require_views(other, *flat, "after reset")
    other.forward(x)
    other.backprop(x, subject.direction(y))
    require_views(other, *flat, "after backprop")


def _pickled_by_name(module):
    """Return the classes of a network, and the functions that are attributes."""
    parts = module.list_modules()
    held = [value for part in parts for value in vars(part).values()]
    return [*map(type, parts), *(f for f in held if isinstance(f, FunctionType))]


def _is_importable(thing):
    """Tell whether pickle would find a class or function, by module and name."""
    place = sys.modules.get(thing.__module__)
    return getattr(place, thing.__qualname__, None) is thing


def require_views(module, w, dC_dw, when):
    """Raise unless all parameters and gradients are views of ``w`` and ``dC_dw``."""
    for path, p, grad in module.named_parameters():
        for name, array, flat in ((path, p, w), (f"grad of {path}", grad, dC_dw)):
            if array.size and not np.shares_memory(array, flat):
                raise ContractError(
                    f"{module!r}: {name} is no view of the flat vector {when}; "
                    "write parameters in place (p[...] =, +=)"
                )


def _single(x):
    return x.astype(np.float32) if x.dtype.kind == "f" else x


def is_batch(x):
    """Tell whether every array of ``x`` has a first axis, of one length."""
    lengths = {np.shape(leaf)[:1] for leaf in leaves(x)}
    return len(lengths) == 1 and lengths != {()} and (not is_table(x) or len(x) > 0)
