"""Sharing: two modules that use the same arrays."""

import numpy as np

from nnmods.core.arrays import name_of


def share(module, other, names=()):
    """Let ``module`` use the arrays of ``other``; see `Module.share`."""
    here = name_of(module)
    own, others = module.named_modules(), other.named_modules()
    if [type(m) for _, m in own] != [type(m) for _, m in others]:
        raise ValueError(f"{here}: other is {name_of(other)}, expected the same build")
    todo = []
    for (path, mine), (_, theirs) in zip(own, others, strict=True):
        for name in names or _arrays(theirs):
            for attribute in (name, f"grad_{name}") if names else (name,):
                array, old = vars(theirs).get(attribute), vars(mine).get(attribute)
                if not isinstance(array, (np.ndarray, np.random.Generator)):
                    continue
                if getattr(old, "shape", None) != getattr(array, "shape", None):
                    where = f"{path}.{attribute}" if path else attribute
                    raise ValueError(
                        f"{here}: {where} has shape {getattr(old, 'shape', None)}, "
                        f"expected {array.shape}, that of other"
                    )
                todo.append((mine, attribute, array))
    for name in names:
        if all(attribute != name for _, attribute, _ in todo):
            raise ValueError(
                f"{here}: name is {name!r}, expected that of an array of other"
            )
    for mine, attribute, array in todo:  # only now that nothing can fail
        setattr(mine, attribute, array)


def _arrays(module):
    """Return the names of what lasts: parameters, statistics, random generators."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, (np.ndarray, np.random.Generator))
        and name not in module._results
    ]
