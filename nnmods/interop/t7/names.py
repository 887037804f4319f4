"""Names: every class of ours by its name, from whichever room has it."""

from nnmods import activations, containers, criterions, layers

_ROOMS = (activations, containers, criterions, layers)


def __getattr__(name):
    for room in _ROOMS:
        if name in room.__all__:
            return getattr(room, name)
    raise AttributeError(f"nnmods has no class {name}")
