"""Lowering: from values, arrays and modules to the raw objects of a `.t7` file."""

import numpy as np

from nnmods.interop.t7.classes.equivalents import equivalent
from nnmods.interop.t7.memory import Memory
from nnmods.interop.t7.paths import spell
from nnmods.interop.t7.raw import Function, Object, Table, is_class_name
from nnmods.interop.t7.registry import find_writer
from nnmods.interop.t7.stackless import drive
from nnmods.interop.t7.values import LuaFunction, LuaTable, UnknownTorchObject


class Lowering:
    """Makes each value into one raw object, however often it is referred to."""

    def __init__(self):
        self._made = {}  # by id; holds the value too, so that its id stays its own
        self._memory = Memory()
        self.size = 0  # of all memory of tensors, in bytes

    def lower(self, value):
        """Return what stands for a value in a file.

        Raises
        ------
        TypeError, ValueError
            If the value, or one in it, cannot stand there.
        """
        raw = drive(self._raw(value, None))
        self.size += self._memory.settle()
        return raw

    def _raw(self, value, path):
        """Return a raw object, or a generator that does."""
        if value is None or type(value) is bool:
            return value
        if isinstance(value, np.ndarray):
            return self._known(value) or self._array(value, path)
        if isinstance(value, (int, float, np.bool_, np.integer, np.floating)):
            return self._number(value, path)
        if isinstance(value, (str, bytes)):
            return self._string(value, path)
        known = self._known(value)
        if known is not None:
            return known
        if isinstance(value, (list, tuple)):
            return self._list(value, path)
        if isinstance(value, (dict, LuaTable)):
            return self._table(value, path)
        if isinstance(value, LuaFunction):
            return self._function(value, path)
        return self._object(value, path)

    def _known(self, value):
        made = self._made.get(id(value))
        return None if made is None else made[1]

    def _keep(self, value, raw):
        self._made[id(value)] = value, raw
        return raw

    def _number(self, value, path):
        if isinstance(value, np.bool_):
            return bool(value)
        try:
            number = float(value)
        except OverflowError:
            number = None
        if number is None or (number != value and number == number):
            raise ValueError(
                f"{_at(path)} is {value}, expected a number that a double can hold"
            )
        return number

    def _string(self, value, path):
        try:
            return value if isinstance(value, bytes) else value.encode()
        except UnicodeEncodeError as err:
            raise ValueError(f"{_at(path)}: {err}") from None

    def _array(self, value, path):
        try:
            return self._keep(value, self._memory.take(value))
        except TypeError as err:
            raise TypeError(f"{_at(path)}: {err}") from None

    def _list(self, value, path):
        raw = self._keep(value, Table())
        for i, item in enumerate(value):
            if item is None:
                raise ValueError(
                    f"{_at(path)} has None at {i}, expected no gaps; a dict can have "
                    "them"
                )
            item = yield self._raw(item, (path, i))
            raw.items += float(i + 1), item
        return raw

    def _table(self, value, path):
        raw = self._keep(value, Table())
        for key, item in value.items():
            if item is None:  # in Lua, an entry that is not there
                continue
            raw_key = yield self._raw(key, (path, "a key"))
            if raw_key is None or raw_key != raw_key:  # nan, of whichever type
                raise ValueError(f"{_at(path)} has a key {key}, expected another one")
            item = yield self._raw(item, (path, key))
            raw.items += raw_key, item
        return raw

    def _function(self, value, path):
        raw = self._keep(value, Function(value.kind, value.bytecode))
        raw.upvalues = yield self._raw(value.upvalues, path)
        return raw

    def _object(self, value, path):
        """Return what a module, or an object of another class of Torch7, is."""
        if isinstance(value, UnknownTorchObject):
            if not is_class_name(value.name):
                raise ValueError(
                    f"{_at(path)} is of a class called {value.name!r}, expected a "
                    "printable name in ASCII"
                )
            raw = self._keep(value, Object(value.name, value.version))
            raw.content = yield self._raw(value.fields, path)
            return raw
        try:
            written = equivalent(value)
        except ValueError as err:
            raise ValueError(f"{_at(path)}: {err}") from err
        spec = find_writer(written)
        if spec is None:
            raise TypeError(
                f"{_at(path)} has type {type(value).__name__}, expected what Torch7 "
                "has too; register_t7 says how to write others"
            )
        raw = self._keep(value, Object(spec.name, spec.version))
        try:
            fields = spec.save(written)
        except ValueError as err:
            raise ValueError(f"{_at(path)}: {err}") from err
        raw.content = yield self._raw(fields, path)
        return raw


def _at(path):
    return spell(path) or "obj"
