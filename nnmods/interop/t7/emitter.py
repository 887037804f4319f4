"""Emitter: from raw objects to the bytes of a `.t7` file."""

from nnmods.interop.t7.raw import NAMES, Function, Object, Storage, Table, Tensor
from nnmods.interop.t7.stackless import drive
from nnmods.interop.t7.tags import (
    BOOLEAN,
    FUNCTION,
    HEADED,
    NIL,
    NOTHING,
    NUMBER,
    STRING,
    TABLE,
    TORCH,
)


class Emitter:
    """Writes raw objects.

    Parameters
    ----------
    sink : BinarySink or AsciiSink
    """

    def __init__(self, sink):
        self.sink = sink
        self._indices = {}  # by id; holds the raw object too, so that its id stays

    def write(self, raw):
        """Write one object, and all that it refers to."""
        drive(self._write(raw))

    def _write(self, raw):
        """Write an object, or return a generator that does."""
        sink = self.sink
        if raw is None:
            return sink.int(NIL)
        if type(raw) is bool:
            sink.int(BOOLEAN)
            return sink.int(raw)
        if type(raw) is float:
            sink.int(NUMBER)
            return sink.double(raw)
        if type(raw) is bytes:
            sink.int(STRING)
            return self._string(raw)
        if type(raw) is Function and raw.kind == FUNCTION:
            sink.int(FUNCTION)
            return self._function(raw)
        return self._referenced(raw)

    def _referenced(self, raw):
        """Write the index of an object, and itself if it was not there before."""
        sink = self.sink
        kind = TABLE if type(raw) is Table else TORCH
        sink.int(raw.kind if type(raw) is Function else kind)
        is_new = id(raw) not in self._indices
        index, _ = self._indices.setdefault(id(raw), (len(self._indices) + 1, raw))
        sink.int(index)
        if not is_new:
            return None
        if type(raw) is Table:
            return self._table(raw)
        if type(raw) is Function:
            return self._function(raw)
        return self._torch(raw)

    def _head(self, raw):
        fields = dict(raw.content.pairs())
        return Table([1.0, fields.get(b"_type"), 2.0, fields.get(b"device")])

    def _string(self, text):
        self.sink.int(len(text))
        self.sink.chars(text)

    def _table(self, raw):
        self.sink.int(len(raw.items) // 2)
        for item in raw.items:
            yield self._write(item)

    def _function(self, raw):
        self._string(raw.bytecode)
        yield self._write(raw.upvalues)

    def _torch(self, raw):
        sink = self.sink
        if type(raw) is Object:
            if raw.version:
                self._string(b"V %d" % raw.version)
            self._string(raw.name.encode())
            if raw.name in HEADED:
                yield self._write(self._head(raw))
            if raw.name not in NOTHING:
                yield self._write(raw.content)
            return
        self._string(b"V 1")
        if type(raw) is Storage:
            self._string(f"torch.{NAMES[raw.array.dtype]}Storage".encode())
            sink.longs([len(raw.array)])
            sink.numbers(raw.array)
        elif type(raw) is Tensor:
            self._string(f"torch.{NAMES[raw.dtype]}Tensor".encode())
            sink.int(len(raw.shape))
            sink.longs(raw.shape)
            sink.longs(raw.strides)
            sink.longs([raw.start + 1])
            yield self._write(raw.storage)
