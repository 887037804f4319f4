"""Sinks: numbers and strings as they stand in a `.t7` file, binary or ASCII."""

import struct

import numpy as np

from nnmods.interop.t7.progress import progress

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
