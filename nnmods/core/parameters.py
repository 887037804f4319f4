"""Parameters: array attributes with a ``grad_`` twin, found by walking the modules."""

import numbers

import numpy as np

from nnmods.core.arrays import memory_key, name_of


def own_parameters(module):
    """Yield (name, p, grad_p) for each parameter of the module's own, in order.

    Raises
    ------
    TypeError
        If a twin pair holds plain numbers, which nothing could update in place.
    ValueError
        If a gradient is not shaped like its parameter.
    """
    attributes = vars(module)
    for name, p in attributes.items():
        grad = attributes.get(f"grad_{name}")
        if grad is None or p is None:
            continue
        if not isinstance(p, np.ndarray) or not isinstance(grad, np.ndarray):
            for label, value in ((name, p), (f"grad_{name}", grad)):
                if isinstance(value, numbers.Number):
                    raise TypeError(
                        f"{name_of(module)}: {label} has type {type(value).__name__}, "
                        "expected an array; np.array(...) makes one"
                    )
            continue
        if p.shape != grad.shape:
            raise ValueError(
                f"{name_of(module)}: grad_{name} has shape {grad.shape}, "
                f"expected {p.shape}"
            )
        yield name, p, grad


def has_parameters(module):
    """Tell whether a module or one below it has a parameter.

    It is asked in every training step, so it looks for a twin first, and for that of
    most layers before all others.
    """
    attributes = vars(module)
    if isinstance(attributes.get("grad_weight"), np.ndarray):
        if isinstance(attributes.get("weight"), np.ndarray):
            return True
    for name, grad in attributes.items():
        if name.startswith("grad_") and isinstance(grad, np.ndarray):
            if isinstance(attributes.get(name[5:]), np.ndarray):
                return True
    return any(has_parameters(child) for _, child in module.children())


def walk_parameters(module):
    """Yield (path, owner, name, p, grad_p) for every parameter, shared ones each time.

    Raises
    ------
    ValueError
        If two modules share a parameter but not its gradient.
    """
    seen = {}
    for path, owner in module.named_modules():
        for name, p, grad in own_parameters(owner):
            where = f"{path}.{name}" if path else name
            first, first_grad = seen.setdefault(memory_key(p), (where, grad))
            if memory_key(first_grad) != memory_key(grad):
                raise ValueError(
                    f"{first} and {where} are one array, but their gradients are two; "
                    "share both, as share() and clone(share=True) do"
                )
            yield where, owner, name, p, grad


def named_parameters(module):
    """Yield (path, p, grad_p), each shared parameter once, at its first place."""
    seen = set()
    for path, _, _, p, grad in walk_parameters(module):
        key = memory_key(p)
        if key not in seen:
            seen.add(key)
            yield path, p, grad
