"""Classes: which ones a file may have instances of."""

import nnmods.activations as activations
import nnmods.containers as containers
import nnmods.criterions as criterions
import nnmods.layers as layers
from nnmods.core.state import State
from nnmods.interop.values import Unreadable

ROOMS = layers, activations, containers, criterions


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
    ours = {name: getattr(room, name) for room in ROOMS for name in room.__all__}
    ours = {name: cls for name, cls in ours.items() if _is_state(cls)}
    found, missing = {}, {}
    for name, origin in {
        (description["class"], description["module"])
        for description in objects
        if "class" in description
    }:
        if name in own:
            found[name] = own[name]
        elif origin.startswith("nnmods.") and name in ours:
            found[name] = ours[name]
        else:  # another's class may be called like one of ours
            missing[name] = origin
    if missing:
        names = sorted(missing)
        listed = ", ".join(f"{name} (of {missing[name]})" for name in names)
        given = f"({', '.join(names)})" if len(names) > 1 else f"({names[0]},)"
        raise Unreadable(f"needs unknown classes, {listed}; pass classes={given}")
    return found


def _is_state(cls):
    return isinstance(cls, type) and issubclass(cls, State)
