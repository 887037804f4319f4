"""Equivalents: modules of ours that Torch7 has under another name, for writing."""

from nnmods.interop.t7 import names as nn


def _flatten(module):
    """Return a Collapse, which folds all axes but the first, or a View of all."""
    if module.start_axis not in (0, 1):
        raise ValueError(
            f"{module!r}: start_axis is {module.start_axis}, expected 0 or 1, as "
            "Torch7 has no other"
        )
    return nn.Collapse(1) if module.start_axis else nn.View(-1)


def _duplicate(module):
    return nn.ConcatTable(*[nn.Identity() for _ in range(module.n)])


#: By the name of the class, functions of the module.
EQUIVALENTS = {
    "Add": lambda module: nn.CAddTable(),
    "Duplicate": _duplicate,
    "Flatten": _flatten,
}


def equivalent(value):
    """Return what is written for a value: itself, mostly."""
    make = EQUIVALENTS.get(type(value).__name__)
    if make is None or not type(value).__module__.startswith("nnmods."):
        return value
    made = make(value).astype(value.dtype)
    made.train = value.train
    return made
