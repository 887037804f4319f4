"""Spec: how a class of Torch7 and one of ours stand for each other."""

import numpy as np

from nnmods.core.criterion import Criterion
from nnmods.interop.t7 import kinds, names
from nnmods.interop.t7.building import build, grad_name, snake_case
from nnmods.interop.t7.constructors import constructor_fields
from nnmods.interop.t7.errors import T7Error, one_line
from nnmods.interop.t7.fields import REQUIRED

EMPTY = np.empty(0)


class Field:
    """One argument of a constructor, and the field that holds it in a file.

    Parameters
    ----------
    argument : str
        Of the constructor; ``"*"`` for those without a name. The attribute of that name
        is saved, unless ``attribute`` says otherwise.
    name : str or tuple of str
        The field, or those of the entries of a tuple.
    kind : Kind, default=kinds.number
    default : object, optional
        For a field that is nil; without one it must be there.
    attribute : str or function of (module), default=None
    """

    def __init__(
        self, argument, name, kind=kinds.number, default=REQUIRED, attribute=None
    ):
        self.argument, self.name, self.kind = argument, name, kind
        self.default, self.attribute = default, attribute or argument

    @property
    def names(self):
        return self.name if isinstance(self.name, tuple) else (self.name,)

    def read(self, fields):
        """Return the argument."""
        found = [self.kind.read(fields, name, self.default) for name in self.names]
        return tuple(found) if isinstance(self.name, tuple) else found[0]

    def write(self, module, out):
        """Add the fields of a module to a dict."""
        if callable(self.attribute):
            value = self.attribute(module)
        else:
            value = getattr(module, self.attribute)
        several = isinstance(self.name, tuple)
        for name, entry in zip(self.names, value if several else [value], strict=True):
            entry = None if entry is None else self.kind.write(entry)
            if entry is not kinds.NOTHING:
                out[name] = entry


class Spec:
    """How instances of one class are made from fields, and written as fields.

    Parameters
    ----------
    *entries : Field
    ours : str, default=None
        The name of our class, in `nnmods`; None means the same as Torch7's.
    arrays : dict, default=None
        Of the names of tensors that are parameters or statistics, to their shapes: a
        function of the dict of arguments. They become attributes of the same name in
        snake case. Their number of entries is checked before a module is made, so that
        a file never claims more memory than it has.
    fixed : dict, default=None
        Arguments that files have no field for.
    also : dict, default=None
        Fields to write that we have no argument for, since Torch7 needs them.
    upgrade : function of (fields), default=None
        Changes ``fields.named`` of an older version of the class.
    make : function of (fields, arguments), default=None
        Makes the module instead of the constructor.
    finish : function of (module, fields), default=None
        Called once the module is made.
    store : function of (module, out), default=None
        Changes the dict of fields that are written.
    add : str, default=None
        The field whose modules are added one by one.
    reads : tuple of str, default=()
        Further fields that mean something, read by one of the functions.
    version : int, default=1
        Of the class in the last Torch7, which is written.
    """

    wants_all = False

    def __init__(
        self,
        *entries,
        ours=None,
        arrays=None,
        fixed=None,
        also=None,
        upgrade=None,
        make=None,
        finish=None,
        store=None,
        add=None,
        reads=(),
        version=1,
    ):
        self.entries, self.ours, self.arrays = entries, ours, arrays or {}
        self.fixed, self.also, self.upgrade = fixed or {}, also or {}, upgrade
        self.make, self.finish, self.store, self.add = make, finish, store, add
        self.parts = [
            name
            for entry in entries
            if entry.kind.holds_modules
            for name in entry.names
        ]
        self.parts += [add] if add else []
        self.reads, self.version = reads, version
        self.name = None  # Torch7's, from the registry

    @property
    def cls(self):
        """Our class."""
        return getattr(names, self.ours or self.name.partition(".")[2])

    def known(self):
        """Return the names of the fields that are no surprise.

        They mean something here, or are what Torch7's own constructor sets.
        """
        names = {name for entry in self.entries for name in entry.names}
        grads = {grad_name(name) for name in self.arrays}
        names |= {*self.arrays, *grads, *self.also, *self.reads, self.add}
        return names | constructor_fields(self.name)

    def load(self, fields):
        """Return the module or criterion that has these fields."""
        try:
            with np.errstate(all="ignore"):  # of numbers that make no sense
                return build(self, fields)
        except T7Error:
            raise
        except Exception as err:  # of a constructor that is given nonsense
            raise T7Error(f"{fields.where}: {one_line(err)}", fields.offset) from err

    def save(self, module):
        """Return a dict of the fields that Torch7 wants."""
        out = {}
        for entry in self.entries:
            entry.write(module, out)
        for name in self.arrays:
            for field, attribute in (
                (name, snake_case(name)),
                (grad_name(name), f"grad_{snake_case(name)}"),
            ):
                if (array := getattr(module, attribute, None)) is not None:
                    out[field] = array
        out |= {name: _own(value, module) for name, value in self.also.items()}
        if self.add:
            out[self.add] = list(module.modules)
        kind = "Float" if module.dtype == np.float32 else "Double"
        out |= {
            "_type": f"torch.{kind}Tensor",
            "output": np.empty(0, module.dtype),
            "gradInput": np.empty(0, module.dtype),
        }
        if isinstance(module, Criterion):
            out["output"] = 0
        else:
            out["train"] = bool(module.train)
        if self.store:
            self.store(module, out)
        return {name: value for name, value in out.items() if value is not None}


def _own(value, module):
    """Return a value of its own for a module: one array in two would be one tensor."""
    if value is EMPTY:
        return np.empty(0, module.dtype)
    return value.copy() if isinstance(value, np.ndarray) else value
