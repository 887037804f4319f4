"""Lazy packages: names that are loaded when they are first asked for.

There are too many classes to load all with ``import nnmods``.
"""

import importlib
import sys


def lazily(package, files):
    """Return ``__all__``, ``__getattr__`` and ``__dir__`` of a package of files.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    files : dict of str to str
        The files in it, and the names that each of them offers.
    """
    where = {name: file for file, names in files.items() for name in names.split()}

    def load(name):
        return getattr(importlib.import_module(f"{package}.{where[name]}"), name)

    return _attributes(package, list(where), load)


def gathered(package, *rooms):
    """Return the same of a package that passes on what others offer."""
    where = {name: room for room in rooms for name in room.__all__}
    return _attributes(package, list(where), lambda name: getattr(where[name], name))


def _attributes(package, names, load):
    def __getattr__(name):
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = load(name)
        setattr(sys.modules[package], name, value)  # the next time it is found there
        return value

    def __dir__():
        return sorted({*vars(sys.modules[package]), *names})

    return names, __getattr__, __dir__
