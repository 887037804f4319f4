"""Checks of copies, and of parameters that are views of one flat vector."""

import copy
import pickle
import sys
from types import FunctionType

import numpy as np

from nnmods.core.tables import copied
from nnmods.testing.compare import EXACT, ContractError, require_close


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
