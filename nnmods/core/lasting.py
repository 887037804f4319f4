"""Lasting: values that attributes keep from step to step, as data."""

import numpy as np

from nnmods.core.generators import GENERATORS, restore_generator
from nnmods.core.states import Restorable

_PLAIN = (type(None), bool, int, float, str, np.generic)
#: The name under which the state of a part stands in the place of the part.
_PART = "state_dict()"


def is_data(value, of=lambda value: False):
    """Tell whether a value is an array, plain, or a list or dict of such values.

    ``of`` tells what else may stand in it.
    """
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufcSU"
    if isinstance(value, (list, tuple)):
        return all(is_data(entry, of) for entry in value)
    if isinstance(value, dict):
        return all(type(key) is str for key in value) and all(
            is_data(entry, of) for entry in value.values()
        )
    return isinstance(value, _PLAIN) or of(value)


def is_part(value):
    """Tell whether a value is a generator, or an object with a state of its own."""
    if isinstance(value, type):  # has methods, but no state
        return False
    own = hasattr(value, "state_dict") and hasattr(value, "load_state_dict")
    return own or isinstance(value, GENERATORS)


def _part(value):
    return Restorable("restore", value) if isinstance(value, GENERATORS) else value


def copied(value):
    """Return data of its own that stands for a value."""
    if isinstance(value, (list, tuple)):
        return type(value)([*map(copied, value)])
    if isinstance(value, dict):
        return {key: copied(entry) for key, entry in value.items()}
    if is_part(value):
        return {_PART: copied(_part(value).state_dict())}
    return np.array(value) if isinstance(value, np.ndarray) else value


def filled(old, value):
    """Return what was saved as ``value``, in the place of ``old`` where that can be.

    Others may hold arrays, lists and generators too: parameters are views of the flat
    vector.
    """
    if is_part(old):
        if not _stands_for_part(value):
            raise ValueError(f"restore: saved has no state of {old!r}")
        _part(old).load_state_dict(value[_PART])
        return old
    if _stands_for_part(value):  # a generator that is not there yet
        return restore_generator(value[_PART])
    if isinstance(value, (list, tuple)):
        olds = [*old] if isinstance(old, (list, tuple)) else []
        olds += [None] * (len(value) - len(olds))
        new = type(value)(map(filled, olds, value))
        if not isinstance(old, list):
            return new
        old[:] = new
        return old
    if isinstance(value, dict):
        had = old if isinstance(old, dict) else {}
        new = {key: filled(had.get(key), entry) for key, entry in value.items()}
        if had is not old:
            return new
        old.clear()
        old.update(new)
        return old
    if _is_like(old, value):
        old[...] = value
        return old
    return np.array(value) if isinstance(value, np.ndarray) else value


def _stands_for_part(value):
    return isinstance(value, dict) and [*value] == [_PART]


def _is_like(old, value):
    return (
        isinstance(old, np.ndarray)
        and isinstance(value, np.ndarray)
        and (old.shape, old.dtype) == (value.shape, value.dtype)
        and old.flags.writeable
    )
