"""Twins: each parameter of a module beside its gradient."""

import numpy as np

from nnmods.core.arrays import name_of
from nnmods.core.parameters import walk_parameters
from nnmods.testing.diagnosis import shown_name
from nnmods.testing.mistakes.vectors import equal


def twins_of(module):
    """Return (term, owner, name, p, grad) of each parameter once.

    Raises
    ------
    TypeError
        If a parameter or a gradient is no array of floating-point numbers.
    ValueError
        If a gradient is not shaped like its parameter.
    """
    found, seen = [], set()
    for path, owner, name, p, grad in walk_parameters(module):
        for label, a in ((name, p), (f"grad_{name}", grad)):
            if a.dtype.kind != "f":
                raise TypeError(
                    f"{name_of(owner)}: {label} has dtype {a.dtype}, expected float64 "
                    "or float32; array(..., dtype) makes it"
                )
        if id(p) not in seen:
            seen.add(id(p))
            place = path.rpartition(".")[0]
            term = f"{place}.grad_{name}" if place else f"grad_{name}"
            found.append((term, owner, name, p, grad))
    return found


def set_back(twins, kept):
    """Give parameters their former values, in the arrays that they were in at first.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        Terms whose parameter had changed, to the new values and the former.
    """
    changed = {}
    for (term, owner, name, p, _), before in zip(twins, kept, strict=False):
        now = getattr(owner, name)
        if now is not p or not equal(p, before):
            changed[term] = np.array(now), before
            p[...] = before
            setattr(owner, name, p)
    return changed


def without_twin(module):
    """Yield notes on weights that are no parameters, perhaps by an oversight."""
    for part in module.list_modules():
        for name in ("weight", "bias"):
            own = vars(part)
            if (
                isinstance(own.get(name), np.ndarray)
                and own.get(f"grad_{name}") is None
            ):
                yield (
                    f"{shown_name(part)}: {name} is no parameter, as there is no "
                    f"grad_{name}: its gradient was not looked at"
                )
