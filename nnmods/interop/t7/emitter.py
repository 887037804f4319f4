"""Emitter: from raw objects to the bytes of a `.t7` file."""

import struct

import numpy as np

from nnmods.interop.t7.parser import (
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
from nnmods.interop.t7.progress import progress
from nnmods.interop.t7.raw import NAMES, Function, Object, Storage, Table, Tensor
from nnmods.interop.t7.stackless import drive

#: How many numbers are written at a time.
_PIECE = 1 << 18


class BinarySink:
    """Binary, as Torch7 writes it where a long has 8 bytes: little-endian."""

    def __init__(self, file, bar=None):
        self.file, self.bar = file, bar or progress(0)

    def int(self, value):
        self.file.write(struct.pack("<i", value))

    def double(self, value):
        self.file.write(struct.pack("<d", value))

    def longs(self, values):
        self.file.write(struct.pack(f"<{len(values)}q", *values))

    def chars(self, text):
        self.file.write(text)

    def numbers(self, array):
        little = array.dtype.newbyteorder("<")
        for at in range(0, len(array), _PIECE):
            piece = array[at : at + _PIECE].astype(little, copy=False)
            self.file.write(piece.view(np.uint8).data)
            self.bar.update(piece.nbytes)


class AsciiSink:
    """ASCII: numbers with as many digits as tell them apart, as in Torch7."""

    def __init__(self, file, bar=None):
        self.file, self.bar = file, bar or progress(0)

    def int(self, value):
        self.file.write(b"%d\n" % value)

    def double(self, value):
        self._line(b"%.17g", [value])

    def longs(self, values):
        self._line(b"%d", values)

    def chars(self, text):
        self.file.write(text + b"\n" if text else b"")

    def numbers(self, array):
        if array.dtype.itemsize == 1:
            self.chars(array.tobytes())
        else:
            form = b"%d" if array.dtype.kind == "i" else b"%.9g"
            form = b"%.17g" if array.dtype == np.float64 else form
            self._line(form, array, self.bar)

    def _line(self, form, values, bar=None):
        for at in range(0, len(values), _PIECE):
            piece = np.asarray(values[at : at + _PIECE])
            texts = [form % value for value in piece.tolist()]
            for i in np.flatnonzero(np.isnan(piece) & np.signbit(piece)):
                texts[i] = b"-nan"  # as C has it
            self.file.write((b" " if at else b"") + b" ".join(texts))
            if bar is not None:
                bar.update(piece.nbytes)
        self.file.write(b"\n" if len(values) else b"")


class Emitter:
    """Writes raw objects.

    Parameters
    ----------
    sink : BinarySink or AsciiSink
    """

    def __init__(self, sink):
        self.sink = sink
        self._indices, self._heads = {}, []

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
        index = self._indices.get(id(raw))
        if index is not None:
            return sink.int(index)
        index = self._indices[id(raw)] = len(self._indices) + 1
        sink.int(index)
        if type(raw) is Table:
            return self._table(raw)
        if type(raw) is Function:
            return self._function(raw)
        return self._torch(raw)

    def _head(self, raw):
        fields = dict(raw.content.pairs())
        head = Table([1.0, fields.get(b"_type"), 2.0, fields.get(b"device")])
        self._heads.append(head)  # as long as its id counts
        return head

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
