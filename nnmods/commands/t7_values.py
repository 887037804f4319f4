"""What a `.t7` file holds, as modules and arrays, found by its path."""

import numpy as np

from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.t7_text import listed, path_key, where
from nnmods.core import Module
from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.reader import T7Reader
from nnmods.interop.t7.values import LuaTable, UnknownTorchObject

KEY_HELP = "the path of what is wanted, as info shows it, such as model or [0].net"


def read(options):
    """Return what the file holds, or what stands in it at ``--key``.

    Several objects are a list.

    Raises
    ------
    CommandError
        If the file cannot be read, or has nothing there.
    """
    try:
        with T7Reader(options.file, referenced=not options.unreferenced) as reader:
            objects = list(reader)
    except (T7Error, OSError) as err:
        raise CommandError(one_line(err)) from err
    made = objects[0] if len(objects) == 1 else objects
    if options.key is None:
        return made
    found = [(where(path), value) for path, value in walk(made)]
    for path, value in found:
        if path == options.key:
            return value
    paths = [path for path, _ in found]
    raise CommandError(
        f"--key {options.key}: is not in {options.file}, expected one of "
        f"{listed(str, paths, shown=8)}"
    )


def walk(made):
    """Return a list of (path, value): of all that is in tables, each object once."""
    found, seen, stack = [], set(), [(None, made)]
    while stack:
        path, value = stack.pop()
        below = _entries(path, value)
        if below is not None or isinstance(value, (Module, np.ndarray)):
            if id(value) in seen:
                continue
            seen.add(id(value))
        found.append((path, value))
        stack += reversed(below or [])
    return found


def _entries(path, value):
    """Return what is in a table, or in an instance of an unknown class."""
    if isinstance(value, UnknownTorchObject):
        value = value.fields
    if isinstance(value, list):
        return [((path, i), entry) for i, entry in enumerate(value)]
    if isinstance(value, (dict, LuaTable)):
        return [((path, path_key(key)), entry) for key, entry in value.items()]
    return None


def the_only(kind, made, options):
    """Return the one instance of a class in what was read, None without any.

    Raises
    ------
    CommandError
        If there are several.
    """
    found = [(path, value) for path, value in walk(made) if isinstance(value, kind)]
    if len(found) > 1:
        paths = [path for path, _ in found]
        raise CommandError(
            f"{options.file}: has {len(found)} modules, expected one; --key chooses "
            f"{listed(where, paths, shown=8)}"
        )
    return found[0][1] if found else None


def read_module(options):
    """Return the one module that the file holds, there being no more than one.

    Raises
    ------
    CommandError
        If the file cannot be read, or has none, or several.
    """
    net = the_only(Module, read(options), options)
    if net is None:
        raise CommandError(f"{options.file}: has no module in it, expected one")
    return net
