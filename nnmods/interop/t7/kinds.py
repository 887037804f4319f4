"""Kinds: how one field of Torch7 becomes one argument of ours, and back.

A kind has ``read(fields, name, default)`` and ``write(value)``; what it writes is any
value that `save_t7` takes, or `NOTHING` for no field.
"""

import numpy as np

from nnmods.interop.t7.fields import REQUIRED, Fields
from nnmods.interop.t7.values import TorchStorage

#: Stands for a field that is not written.
NOTHING = object()


class Kind:
    """A way to read and a way to write.

    Parameters
    ----------
    read : function of (fields, name, default)
    write : function of (value), default=None
        None writes the value as it is.
    holds_modules : bool, default=False
        Whether modules stand in the field: each is made before it is read.
    """

    def __init__(self, read, write=None, holds_modules=False):
        self.read = read
        self.write = write or (lambda value: value)
        self.holds_modules = holds_modules


def from_one(value):
    """Return an index that counts from 0; a negative one counts from the end."""
    return value - 1 if value > 0 else value


def to_one(value):
    """Return an index that counts from 1."""
    return value + 1 if value >= 0 else value


def _nothing(value):
    return NOTHING


def _index(fields, name, default):
    value = fields.integer(name, default)
    if value == 0 and value is not default:
        fields.fail(f"{name} is 0", "a number from 1, or from -1 downwards")
    return value if value is default else from_one(value)


def _to_one(value):
    return None if value is None else to_one(int(value))


def _array(fields, name, default):
    return fields.array(name, default)


def _indices(fields, name, default):
    """Return an int array that counts from 0."""
    array = fields.array(name, default)
    return array if array is default else np.asarray(array).astype(np.int64) - 1


def _to_storage(value):
    return np.array(value, np.int64).reshape(-1).view(TorchStorage)


def _part(fields, name, default):
    """Return the one module of a field, or the first of a table of them."""
    part = fields.parts.get(name)
    if isinstance(part, list):
        part = part[0] if part else None
    if part is None and default is REQUIRED:
        fields.fail(f"{name} is missing", "a module")
    return default if part is None else part


def _parts(fields, name, default):
    parts = fields.parts.get(name)
    if parts is None and default is not REQUIRED:
        return default
    if not isinstance(parts, list):
        fields.fail(f"{name} is no list", "modules")
    return parts


def _from_front(fields, name, default):
    value = fields.integer(name, default)
    if value is not default and value < 1:
        fields.fail(f"{name} is {value}", "a number from 1")
    return value if value is default else value - 1


def _to_front(value):
    if value < 0:
        raise ValueError(
            f"an axis is {value}, expected 0 or more, as Torch7 does not count this "
            "one from the end"
        )
    return int(value) + 1


def _dims(fields, name, default):
    """Return how many axes a sample has; 0, or fewer, fits no sample of Torch7's."""
    return max(fields.integer(name, 0), 0)


number = Kind(Fields.number)
integer = Kind(Fields.integer, int)
boolean = Kind(Fields.boolean, bool)
string = Kind(Fields.string)
#: An axis or an index: from 1 in a file, from 0 here; negative ones stay as they are.
index = Kind(_index, _to_one)
#: An axis that Torch7 counts from the front only.
front = Kind(_from_front, _to_front)
#: How many axes a sample has: nil in a file, and 0 here, if nobody said so.
dims = Kind(_dims, lambda n: n or None)
#: A tensor whose numbers are data, not parameters.
array = Kind(_array)
#: A tensor of indices from 1.
indices = Kind(_indices, lambda value: np.asarray(value) + 1.0)
#: A LongStorage, or a table of numbers; written as a LongStorage.
sizes = Kind(Fields.sizes, _to_storage)
#: A table of numbers.
numbers = Kind(Fields.numbers, list)
#: True if the field is there: of arrays such as a bias, which are written as such.
present = Kind(lambda fields, name, default: fields.has(name), _nothing)
#: The one module of a field, such as that of a decorator in ``modules``.
part = Kind(_part, lambda module: module, holds_modules=True)
decorated = Kind(_part, lambda module: [module], holds_modules=True)
parts = Kind(_parts, list, holds_modules=True)


def length(axis, divisor=1):
    """Return the kind that reads the length of an axis of a tensor."""

    def read(fields, name, default):
        shape = fields.array(name).shape
        if not -len(shape) <= axis < len(shape):
            fields.fail(f"{name} has shape {shape}", f"an axis {axis}")
        return shape[axis] // divisor

    return Kind(read, _nothing)


def measured(array, axis):
    """Return the kind of a number that is the length of an axis of another field.

    It is read from there, for a file has as much memory as its tensors.
    """
    read = length(axis).read
    return Kind(lambda fields, name, default: read(fields, array, default), int)
