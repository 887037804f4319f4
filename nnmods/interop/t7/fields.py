"""Fields: what a module wrote to a `.t7` file, asked for by name and by type."""

import numpy as np

from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.paths import spell
from nnmods.interop.t7.raw import DTYPES, Storage, Table, Tensor
from nnmods.interop.t7.values import number
from nnmods.interop.t7.views import array_of, is_list

#: Says that a field has no default: it must be there.
REQUIRED = object()


class Fields:
    """The fields of an object of a `.t7` file.

    Each method returns the field of a name as one type, or the default where the field
    is nil, and raises a T7Error that names the field and the object otherwise.

    Parameters
    ----------
    raw : Object
    path : tuple or None
        Where it stands; see `paths`.

    Attributes
    ----------
    class_name : str
        Such as ``"nn.Linear"``.
    version : int
    named : dict
        The raw fields by name. A reader of an older version of its class changes it.
    parts : dict
        The modules and criterions in its fields, by name of the field.
    values : object
        All its fields as values, where somebody asked for them.
    """

    def __init__(self, raw, path):
        self.class_name, self.version, self.path = raw.name, raw.version, path
        self.offset, self.parts, self.values = raw.offset, {}, None
        if type(raw.content) is not Table:
            self.fail("it has no fields", "a table of them")
        self.named = {
            key.decode(errors="replace"): value
            for key, value in raw.content.pairs()
            if type(key) is bytes
        }
        self.raw = raw

    def fail(self, got, wanted):
        """Raise a T7Error about this object."""
        raise T7Error(f"{self.where}: {got}, expected {wanted}", self.offset)

    @property
    def where(self):
        """Its place and class, for errors."""
        return (
            f"{spell(self.path)} ({self.class_name})" if self.path else self.class_name
        )

    def has(self, name):
        """Tell whether a field is there."""
        return self.named.get(name) is not None

    def number(self, name, default=REQUIRED):
        """Return a number: an int where it is whole."""
        value = self._typed(name, float, "a number", default)
        return number(value) if type(value) is float else value

    def integer(self, name, default=REQUIRED):
        """Return a whole number."""
        value = self.number(name, default)
        if type(value) is not int and value is not default:
            self.fail(f"{name} is {value}", "a whole number")
        return value

    def boolean(self, name, default=REQUIRED):
        """Return a bool; nil is false in Lua."""
        return self._typed(name, bool, "true or false", default)

    def string(self, name, default=REQUIRED):
        """Return a str."""
        value = self._typed(name, bytes, "a string", default)
        return value.decode(errors="replace") if type(value) is bytes else value

    def array(self, name, default=REQUIRED):
        """Return the array of a tensor, as large as its memory at most."""
        tensor = self._typed(name, Tensor, "a tensor", default)
        if type(tensor) is not Tensor:
            return tensor
        array = array_of(tensor)
        if tensor.storage is not None:  # one array for equal views: copies share it too
            view = tensor.start, tuple(tensor.shape), tuple(tensor.strides)
            array = tensor.storage.views.setdefault(view, array)
        if tensor.storage is not None and array.size > len(tensor.storage.array):
            self.fail(
                f"{name} shows its memory of {len(tensor.storage.array)} numbers as "
                f"{array.shape}",
                "each number once",
            )
        return array

    def sizes(self, name, default=REQUIRED):
        """Return a tuple of ints: a storage of longs, or a table of numbers."""
        value = self.named.get(name)
        if type(value) is Storage and value.array.dtype.kind == "i":
            return tuple(value.array.tolist())
        return self.numbers(name, default)

    def numbers(self, name, default=REQUIRED):
        """Return a tuple of the numbers of a table 1 to n."""
        value = self._typed(name, Table, "a table of numbers", default)
        if type(value) is not Table:
            return value
        return tuple(self.entries(name, float, number))

    def entries(self, name, kind, convert=None):
        """Return a list of the entries of a table 1 to n, raw if not converted."""
        table = self._typed(name, Table, "a table", REQUIRED)
        if not is_list(table):
            self.fail(f"{name} has other keys", "1 to n")
        found = [item for _, item in sorted(table.pairs(), key=lambda pair: pair[0])]
        for item in found:
            if type(item) is not kind:
                got = type(item).__name__
                self.fail(f"{name} has an entry of type {got}", kind.__name__)
        return [convert(item) for item in found] if convert else found

    @property
    def dtype(self):
        """The dtype of its parameters, or that which it was converted to last."""
        for name in ("weight", "bias", "running_mean"):
            raw = self.named.get(name)
            if type(raw) is Tensor and raw.dtype.kind == "f":
                return _at_least_float(raw.dtype)
        kind = self.string("_type", "torch.DoubleTensor")
        name = kind.removeprefix("torch.").removesuffix("Tensor")
        name = (name.removeprefix("Cuda") or "Float") if "Cuda" in name else name
        dtype = DTYPES.get(name, np.dtype(np.float64))
        return _at_least_float(dtype) if dtype.kind == "f" else np.dtype(np.float64)

    def _typed(self, name, kind, wanted, default):
        value = self.named.get(name)
        if value is None:
            if default is REQUIRED:
                self.fail(f"{name} is missing", wanted)
            return default
        if type(value) is not kind:
            self.fail(f"{name} is of type {type(value).__name__}", wanted)
        return value


def _at_least_float(dtype):
    return np.dtype(np.float32) if dtype == np.float16 else dtype
