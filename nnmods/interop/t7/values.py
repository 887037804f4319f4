"""Values: what stands in Python for what a `.t7` file holds."""

from collections.abc import MutableMapping

import numpy as np


class TorchStorage(np.ndarray):
    """A one-dimensional array that was a storage and not a tensor.

    It is an array in every other respect; `save_t7` makes it a storage again.
    """


class UnknownTorchObject:
    """An instance of a class that is not known here.

    Parameters
    ----------
    name : str
        Its class, such as ``"nn.MyLayer"``.
    fields : object
        What it wrote: a dict of its fields, mostly.
    version : int, default=1

    Examples
    --------
    >>> UnknownTorchObject("my.Options", {"rate": 0.1})
    UnknownTorchObject('my.Options', rate)
    """

    def __init__(self, name, fields, version=1):
        self.name, self.fields, self.version = name, fields, version

    def __repr__(self):
        names = (
            ", ".join(map(str, self.fields)) if isinstance(self.fields, dict) else ""
        )
        return (
            f"UnknownTorchObject({', '.join(filter(None, (repr(self.name), names)))})"
        )


class LuaFunction:
    """A function of Lua, kept as it is and never run.

    Parameters
    ----------
    bytecode : bytes
    upvalues : list
        Of dicts with the ``name`` and the ``value`` of each variable that it uses from
        around it.
    kind : int, default=8
        In what form it stands in a file.
    """

    def __init__(self, bytecode, upvalues, kind=8):
        self.bytecode, self.upvalues, self.kind = bytecode, upvalues, kind

    def __repr__(self):
        return f"LuaFunction({len(self.bytecode)} bytes)"


class LuaTable(MutableMapping):
    """A table whose keys no dict can hold: tables, arrays, or both 1 and true.

    Numbers and strings are keys by value, as in Lua, everything else by identity.

    Parameters
    ----------
    pairs : iterable of (key, value)

    Examples
    --------
    >>> key = [1, 2]
    >>> table = LuaTable([(key, "a"), (True, "b"), (1, "c")])
    >>> table[key], table[True], table[1.0], [1, 2] in table
    ('a', 'b', 'c', False)
    """

    def __init__(self, pairs=()):
        self._entries = {}
        for key, value in pairs:
            self[key] = value

    @staticmethod
    def _label(key):
        if isinstance(key, (str, bytes)) or type(key) in (int, float):
            return type(key) is bytes, key
        return ("is", key) if type(key) is bool else ("at", id(key))

    def __getitem__(self, key):
        try:
            return self._entries[self._label(key)][1]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key, value):
        self._entries[self._label(key)] = key, value  # holds the key: its id stays

    def __delitem__(self, key):
        del self._entries[self._label(key)]

    def __iter__(self):
        return iter([key for key, _ in self._entries.values()])

    def __len__(self):
        return len(self._entries)

    def __repr__(self):
        return f"LuaTable({len(self)} entries)"


def number(value):
    """Return a number of Lua, an int where it is whole."""
    whole = value.is_integer() and (value or str(value) == "0.0")  # not -0.0
    return int(value) if whole and abs(value) <= 2**53 else value


def text(value):
    """Return a string of Lua, which is bytes, as str where it is UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
