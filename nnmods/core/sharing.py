"""Sharing: two modules that use the same arrays."""

import numpy as np


def share(module, other, names=()):
    """Let ``module`` use the arrays of ``other``; see `Module.share`."""
    pairs = list(zip(module.named_modules(), other.named_modules()))
    if len(module.list_modules()) != len(other.list_modules()) or any(
        type(a) is not type(b) for (_, a), (_, b) in pairs
    ):
        raise ValueError(f"{module!r}: other is {other!r}, expected the same build")
    todo = []
    for (path, mine), (_, theirs) in pairs:
        for name in names or _arrays(theirs):
            for attribute in (name, f"grad_{name}") if names else (name,):
                array = vars(theirs).get(attribute)
                if not isinstance(array, np.ndarray):
                    continue
                own = vars(mine).get(attribute)
                if getattr(own, "shape", None) != array.shape:
                    where = f"{path}.{attribute}" if path else attribute
                    raise ValueError(
                        f"{module!r}: {where} has shape {getattr(own, 'shape', None)}, "
                        f"expected {array.shape}, that of other"
                    )
                todo.append((mine, attribute, array))
    for name in names:
        if all(attribute != name for _, attribute, _ in todo):
            raise ValueError(
                f"{module!r}: name is {name!r}, expected that of an array of other"
            )
    for mine, attribute, array in todo:  # only now that nothing can fail
        setattr(mine, attribute, array)


def _arrays(module):
    """Return the names of the arrays that last, parameters or not."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, np.ndarray) and name not in module._results
    ]
