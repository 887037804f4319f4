"""Raw: the objects of a `.t7` file as they stand there, before they mean anything.

A number is a float, a string bytes, a boolean a bool, and nil None. What a file refers
to by index is one instance of the classes below, however often it is referred to.
"""

import math
import re

import numpy as np

#: Torch7's element types, and how they lie on disk. A long may have 4 bytes there.
DTYPES = {
    "Byte": np.dtype(np.uint8),
    "Char": np.dtype(np.int8),
    "Short": np.dtype(np.int16),
    "Int": np.dtype(np.int32),
    "Long": np.dtype(np.int64),
    "Half": np.dtype(np.float16),
    "Float": np.dtype(np.float32),
    "Double": np.dtype(np.float64),
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}

_ARRAY = re.compile(rf"torch\.(Cuda)?({'|'.join(DTYPES)})?(Tensor|Storage)")


def array_class(name):
    """Return (dtype, "Tensor" or "Storage") of a class, or (None, None) if it is none.

    Arrays of a graphics card are read as their kinds in main memory; its floats are
    those without a type in their name.
    """
    match = _ARRAY.fullmatch(name)
    if match is None or not (match[1] or match[2]):
        return None, None
    return DTYPES[match[2] or "Float"], match[3]


def is_class_name(name):
    """Tell whether a str can be the name of a class in a file."""
    return bool(name) and name.isascii() and name.isprintable()


class Raw:
    """An object with an index; ``offset`` is the byte at which it stands."""

    __slots__ = ("offset",)

    def __init__(self, offset=None):
        self.offset = offset


class Table(Raw):
    """A table: keys and values in turn, in the order of the file."""

    __slots__ = ("items",)

    def __init__(self, items=(), offset=None):
        super().__init__(offset)
        self.items = list(items)

    def pairs(self):
        """Return an iterator of (key, value)."""
        return zip(self.items[::2], self.items[1::2], strict=True)


class Storage(Raw):
    """The memory of tensors: a one-dimensional array.

    ``views`` are the arrays that modules have of it, by start, shape and strides.
    """

    __slots__ = ("array", "views")

    def __init__(self, array, offset=None):
        super().__init__(offset)
        self.array, self.views = array, {}


class Tensor(Raw):
    """A view of a storage; without one it is empty. ``start`` counts from 0.

    ``array`` is the one array that stands for it, once there is one.
    """

    __slots__ = ("array", "dtype", "shape", "start", "storage", "strides")

    def __init__(self, dtype, shape, strides, start, storage, offset=None):
        super().__init__(offset)
        self.dtype, self.shape, self.strides = dtype, shape, strides
        self.start, self.storage = start, storage
        self.array = None

    def fits(self):
        """Tell whether all that it shows is in its storage."""
        shape, strides, start = self.shape, self.strides, self.start
        if min(shape, default=0) < 0 or min(strides, default=0) < 0 or start < 0:
            return False
        if max(shape, default=0) > 2**31 or max(strides, default=0) > 2**40:
            return False
        count = math.prod(shape) if shape else 0
        if count > 2**48:
            return False
        last = sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        return not count or start + last < len(self.storage.array)


class Object(Raw):
    """An instance of another class, such as a module; ``content`` is what it wrote."""

    __slots__ = ("content", "name", "version")

    def __init__(self, name, version, content=None, offset=None):
        super().__init__(offset)
        self.name, self.version, self.content = name, version, content


class Function(Raw):
    """A Lua function: ``kind`` is its type id; nothing ever runs it."""

    __slots__ = ("bytecode", "kind", "upvalues")

    def __init__(self, kind, bytecode, upvalues=None, offset=None):
        super().__init__(offset)
        self.kind, self.bytecode, self.upvalues = kind, bytecode, upvalues
