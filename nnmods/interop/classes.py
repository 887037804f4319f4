"""Classes: which ones a file may have instances of."""

import importlib
import re

from nnmods import activations, containers, criterions, layers
from nnmods.core.state import State
from nnmods.core.values import Unreadable

ROOMS = activations, containers, criterions, layers


def by_name(classes):
    """Return a dict of the classes of the user's own."""
    if isinstance(classes, type):
        raise TypeError(
            f"load: classes is the class {classes.__name__}, expected a sequence; "
            f"pass ({classes.__name__},)"
        )
    if not isinstance(classes, dict):
        given, classes = classes, {}
        for cls in given:
            name = getattr(cls, "__name__", "")
            if classes.setdefault(name, cls) is not cls:
                raise ValueError(
                    f"load: classes has two of the name {name}, expected one; "
                    "a dict gives them other names"
                )
    for cls in classes.values():
        if not _is_state(cls):
            raise TypeError(
                f"load: classes has {cls!r}, expected subclasses of Module or Criterion"
            )
    return classes


def find_classes(objects, own):
    """Return a dict of the classes that the objects are of."""
    found, missing = {}, {}
    for name, origin in {
        (description["class"], description["module"])
        for description in objects
        if "class" in description
    }:
        if name in own:
            found[name] = own[name]
        elif (cls := _ours(name, origin)) is not None:
            found[name] = cls
        else:  # another's class may be called like one of ours
            missing[name] = origin
    if missing:
        names = sorted(missing)
        listed = ", ".join(f"{name} (of {missing[name]})" for name in names)
        given = f"({', '.join(names)})" if len(names) > 1 else f"({names[0]},)"
        raise Unreadable(f"needs unknown classes, {listed}; pass classes={given}")
    return found


def _ours(name, origin):
    """Return nnmods' own class of that name, or None: a part of one, if not listed."""
    if not re.fullmatch(r"nnmods(\.\w+)+", origin):
        return None
    for room in ROOMS:
        if name in room.__all__:
            return getattr(room, name)  # wherever it was when the file was written
    try:
        cls = getattr(importlib.import_module(origin), name, None)
    except ImportError:
        return None
    return cls if _is_state(cls) else None


def _is_state(cls):
    return isinstance(cls, type) and issubclass(cls, State)
