"""Variants: an optimiser again, with other settings for a group of parameters."""

import inspect
from functools import lru_cache

import numpy as np


class Variant:
    """What the class of a variant has beside that of its optimiser, ``_whole``.

    It has the attributes that its own settings decide; what it lacks it looks up in
    the whole. Optimisers themselves do without: a class with ``__getattr__`` takes
    longer to find any attribute.
    """

    def __getattr__(self, name):
        whole = vars(self).get("_whole")  # None while a copy is being made
        if whole is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(whole, name)

    def __setattr__(self, name, value):
        if name == "schedule":
            raise AttributeError(
                "schedule is one for all groups: assign the optimiser's"
            )
        super().__setattr__(name, value)

    def __reduce__(self):
        return _blank, (type(self)._rule,), vars(self)

    def __setstate__(self, state):
        vars(self).update(state)

    def __repr__(self):
        names = [name for name in vars(self) if name != "_whole"]
        names = [name.removeprefix("_") for name in names]
        shown = [f"{name}={getattr(self, name)!r}" for name in names]
        return f"{type(self).__name__}({', '.join(shown)})"


@lru_cache
def _class(cls):
    return type(cls.__name__, (Variant, cls), {"_rule": cls})


def _blank(cls):
    """Return a variant of an optimiser of this class, with no attributes yet."""
    return object.__new__(_class(cls))


def variant(optimizer, settings):
    """Return an optimiser of other settings that shares all else with the first.

    Raises
    ------
    TypeError, ValueError
        If the optimiser has no such setting, or refuses its value.
    """
    cls, owner = type(optimizer), type(optimizer).__name__
    if not isinstance(settings, dict):
        raise TypeError(
            f"{owner}: groups has settings of type {type(settings).__name__}, "
            "expected a dict of settings for each pattern"
        )
    known = [*inspect.signature(cls).parameters][1:]
    allowed = [name for name in known if name not in ("schedule", "groups")]
    for name in settings:
        if name not in allowed:
            raise ValueError(
                f"{owner}: groups has setting {name!r}, expected one of "
                f"{', '.join(allowed)}"
            )
        if np.ndim(settings[name]):
            raise ValueError(
                f"{owner}: groups has {name} of shape {np.shape(settings[name])}, "
                "expected one value for the whole group"
            )
    # made as a whole, so that the constructor checks the settings together
    ours = {name: getattr(optimizer, name) for name in allowed}
    ours = {k: v for k, v in ours.items() if not isinstance(v, np.ndarray)}
    empty = np.zeros(0, optimizer.w.dtype)
    made = vars(cls((empty, empty.copy()), **(ours | settings)))
    if made["_state"] != optimizer._state:
        raise ValueError(
            f"{owner}: groups has settings {settings}, which need the vectors "
            f"{made['_state']}, expected {optimizer._state} as in the whole"
        )
    result = _blank(cls)
    vars(result).update(
        {name: made[name] for name in made if name.removeprefix("_") in settings}
    )
    result._whole = optimizer
    return result
