"""Parser: from the bytes of a `.t7` file to its raw objects."""

import math
import re

from nnmods.interop.t7.raw import (
    Function,
    Object,
    Storage,
    Table,
    Tensor,
    array_class,
    is_class_name,
)
from nnmods.interop.t7.stackless import drive
from nnmods.interop.t7.tags import (
    BOOLEAN,
    CLOSURE,
    FUNCTION,
    HASHES,
    HEADED,
    LEGACY_FUNCTION,
    NIL,
    NOTHING,
    NUMBER,
    STRING,
    TABLE,
    TORCH,
    VECTORS,
)

_VERSION = re.compile(rb"V (\d{1,9})")
#: NumPy's own limit.
_MOST_AXES = 64


class Parser:
    """Reads one object after the other.

    Parameters
    ----------
    source : BinarySource or AsciiSource
    referenced : bool, default=True
        Whether an index that was there before stands for the same object. A file
        written with ``referenced=false`` has every object in full.

    Attributes
    ----------
    objects : dict
        What was read so far, by index.
    """

    def __init__(self, source, referenced=True):
        self.source, self.referenced = source, referenced
        self.objects = {}

    def read(self):
        """Return the next object."""
        return drive(self._next())

    def _next(self):
        """Return an object, or a generator that does."""
        source = self.source
        at, kind = source.at, source.int()
        if kind == NUMBER:
            return source.double()
        if kind == STRING:
            return source.chars(source.size("a string"))
        if kind == NIL:
            return None
        if kind == BOOLEAN:
            return self._boolean()
        if kind == FUNCTION:
            return self._function(Function(kind, b"", offset=at))
        if kind not in (TABLE, TORCH, LEGACY_FUNCTION, CLOSURE):
            source.fail(f"a type id is {kind}", "0 to 8", at)
        index = source.int()
        if index in self.objects and self.referenced:
            return self.objects[index]
        if kind == TABLE:
            table = self._known(index, Table(offset=at))
            return self._pairs(table, source.size("a table"))
        if kind == TORCH:
            return self._torch(index, at)
        return self._function(self._known(index, Function(kind, b"", offset=at)))

    def _known(self, index, made):
        self.objects[index] = made
        return made

    def _boolean(self):
        at, value = self.source.at, self.source.int()
        if value not in (0, 1):
            self.source.fail(f"a boolean is {value}", "0 or 1", at)
        return bool(value)

    def _pairs(self, table, size):
        items = table.items
        for _ in range(size):
            at = self.source.at
            key = yield self._next()
            if key is None or (type(key) is float and math.isnan(key)):
                got = "nil" if key is None else "nan"
                self.source.fail(f"a key is {got}", "any other value", at)
            value = yield self._next()
            items += key, value
        return table

    def _function(self, function):
        function.bytecode = self.source.chars(self.source.size("a function"))
        function.upvalues = yield self._next()
        return function

    def _torch(self, index, at):
        """Return an instance of a class, or a generator that does."""
        name, version = self._class()
        dtype, kind = array_class(name)
        if kind == "Storage":
            return self._known(index, self._storage(dtype, at))
        if kind == "Tensor":
            tensor = Tensor(dtype, (), (), 0, None, at)
            return self._tensor(self._known(index, tensor))
        if name in HASHES or name in VECTORS:
            table = Table(offset=at)
            self._known(index, table)
            return self._tds(table, name in HASHES)
        return self._object(self._known(index, Object(name, version, offset=at)))

    def _class(self):
        source = self.source
        at, text = source.at, source.chars(source.size("a class name"))
        version = _VERSION.fullmatch(text)  # there was none before 2012
        if version is not None:
            at, text = source.at, source.chars(source.size("a class name"))
        name = text.decode(errors="replace")
        if not is_class_name(name):
            source.fail(f"a class is called {text[:20]!r}", "a printable name", at)
        return name, int(version[1]) if version else 0

    def _storage(self, dtype, at):
        (n,) = self.source.longs(1)
        if n < 0:
            self.source.fail(f"a storage has size {n}", "0 or more", at)
        return Storage(self.source.numbers(dtype, n), at)

    def _object(self, made):
        if made.name in NOTHING:
            return made
        made.content = yield self._next()
        if made.name in HEADED:
            made.content = yield self._next()
        return made

    def _tds(self, table, is_hash):
        """Return a container of the package tds, which has a long for its size."""
        source = self.source
        at, (n,) = source.at, source.longs(1)
        if not 0 <= n <= source.left:
            source.fail(f"a table has size {n}", f"0 to {source.left}", at)
        return self._pairs(table, n) if is_hash else self._entries(table, n)

    def _entries(self, table, size):
        for i in range(size):
            value = yield self._next()
            table.items += float(i + 1), value
        return table

    def _tensor(self, tensor):
        source = self.source
        at, n_axes = source.at, source.int()
        if not 0 <= n_axes <= _MOST_AXES:
            source.fail(f"a tensor has {n_axes} axes", f"0 to {_MOST_AXES}", at)
        shape, strides = source.longs(n_axes), source.longs(n_axes)
        start = source.longs(1)[0] - 1
        storage = yield self._next()
        if storage is None and n_axes == 0:
            return tensor
        if not isinstance(storage, Storage) or storage.array.dtype != tensor.dtype:
            source.fail("a tensor has no such memory", f"{tensor.dtype} storage", at)
        tensor.shape, tensor.strides = tuple(shape), tuple(strides)
        tensor.start, tensor.storage = start, storage
        if not tensor.fits():
            source.fail(
                f"a tensor of size {shape}, stride {strides} starts at {start + 1}",
                f"one that lies in its {len(storage.array)} numbers",
                at,
            )
        return tensor
