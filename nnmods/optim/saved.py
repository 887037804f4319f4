"""Saved state: what an optimiser was left with, checked before it is taken over."""

import numpy as np

from nnmods.core.states import check_names


def copied(value):
    """Return a state tree (dicts, lists, arrays, plain values) with its own arrays."""
    if isinstance(value, dict):
        return {name: copied(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [copied(entry) for entry in value]
    return value.copy() if isinstance(value, np.ndarray) else value


def check_real(owner, name, value, shape):
    """Return an array of real numbers of a shape; a file may have made 0-d ones."""
    array = np.asarray(value)
    if array.shape != shape:
        raise ValueError(f"{owner}: {name} has shape {array.shape}, expected {shape}")
    if array.dtype.kind not in "iuf":
        raise ValueError(
            f"{owner}: {name} has dtype {array.dtype}, expected real numbers"
        )
    return array


def check_like(owner, name, value, like):
    """Raise unless a state tree is built like another; None there stands for any."""
    if like is None or value is None:
        return
    if isinstance(like, dict):
        check_names(f"{owner}: {name}", value, like)
        for key in like:
            check_like(owner, f"{name}[{key!r}]", value[key], like[key])
    elif isinstance(like, (list, tuple)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(
                f"{owner}: {name} has type {type(value).__name__}, expected a list"
            )
    elif isinstance(like, np.ndarray):
        check_real(owner, name, value, like.shape)
    elif not isinstance(value, (bool, int, float, str, np.generic, np.ndarray)):
        raise TypeError(
            f"{owner}: {name} has type {type(value).__name__}, expected a "
            f"{type(like).__name__}"
        )
