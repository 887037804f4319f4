"""Survey: all that a module consists of, described for a file."""

import dataclasses

import numpy as np

from nnmods.core.arrays import memory_key
from nnmods.core.generators import GENERATORS, generator_state, is_known
from nnmods.core.module import Module
from nnmods.core.parameters import walk_parameters
from nnmods.core.state import State
from nnmods.core.values import encode, is_attribute, is_plain

SAVED = "a plain value, list, tuple, dict, array, generator, module or criterion"


@dataclasses.dataclass(slots=True)
class _Entry:
    """A module, criterion or generator, and where it was met first."""

    owner: object
    parent: object
    where: str
    state: dict = None
    parts: list = dataclasses.field(default_factory=list)
    description: dict = None
    number: int = None


class Survey:
    """The objects of a network as JSON, and its arrays by name.

    Parameters
    ----------
    root : Module or Criterion

    Attributes
    ----------
    objects : list of dict
        Parts before wholes, so that the last one is ``root``.
    arrays : dict of ndarray
        Named by their number and attribute, as ``0.weight``; each memory once.

    Raises
    ------
    TypeError, ValueError
        See `save`.
    """

    def __init__(self, root):
        self.objects = []
        self.arrays = {}
        self._names = {}  # of arrays, by their memory
        self._classes = {}
        self._entries = {}  # by the id of the object, which the entry keeps alive
        self._links = []
        self._entry = _Entry(root, None, "")
        self._entries[id(root)] = self._entry
        stack = [self._entry]
        self._describe()
        while stack:  # recursion would end after some hundred nested containers
            if stack[-1].parts:
                self._entry = stack[-1].parts.pop()
                if self._entry.state is None:
                    self._describe()
                    stack.append(self._entry)
            else:
                entry = stack.pop()
                entry.number = len(self.objects)
                self.objects.append(entry.description)
        for link, entry in self._links:  # those met before they had a number, too
            link["object"] = entry.number

    def refer(self, value, where):
        """Return what stands for an array, module, criterion or generator in JSON."""
        if isinstance(value, State) or type(value) in GENERATORS:
            entry = self._entries.setdefault(
                id(value), _Entry(value, self._entry, where)
            )
            self._entry.parts.append(entry)
            self._links.append(({"object": None}, entry))
            return self._links[-1][0]
        if type(value) not in (np.ndarray, np.memmap):  # others would lose their kind
            is_rule = callable(value) and where.isidentifier()
            advice = f"a subclass may have it as a method {where}" if is_rule else None
            self.refuse(where, f"has type {type(value).__name__}", SAVED, advice=advice)
        if not is_plain(value.dtype):
            self.refuse(where, f"has dtype {value.dtype}", "numbers or text")
        key = value.dtype, memory_key(value)
        name = f"{len(self.arrays)}.{where.partition('[')[0]}"
        name = self._names.setdefault(key, name)
        self.arrays.setdefault(name, value)
        return {"array": name}

    def refuse(self, where, got, wanted=None, error=TypeError, advice=None):
        """Raise an error that names an attribute by its path."""
        path, entry = [where], self._entry
        while entry.parent is not None:
            path.append(entry.where)
            entry = entry.parent
        path = ".".join(reversed(path))
        owner = type(self._entry.owner).__name__
        advice = advice or f"{owner}.__getstate__ can leave it out"
        path = path if len(path) <= 200 else f"...{path[-200:]}"
        raise error(
            f"{type(entry.owner).__name__}: {path} {got}"
            + (f", expected {wanted}" if wanted else "")
            + f"; {advice}"
        )

    def _describe(self):
        """Describe the current entry's object, and note the parts that it refers to."""
        entry, owner = self._entry, self._entry.owner
        cls = type(owner)
        if cls in GENERATORS:
            if not is_known(owner):
                name = type(owner.bit_generator).__name__
                self.refuse("bit_generator", f"has type {name}", "one of NumPy's own")
            entry.state = generator_state(owner)
            entry.description = {"generator": self._attributes(entry.state)}
            return
        if self._classes.setdefault(cls.__name__, cls) is not cls:
            raise ValueError(
                f"{self._classes[cls.__name__]} and {cls} have one name, "
                "by which a file could not tell them apart; rename one"
            )
        entry.state = owner.__getstate__()
        if type(entry.state) is not dict:
            self.refuse(
                "__getstate__()", f"has type {type(entry.state).__name__}", "a dict"
            )
        if isinstance(owner, Module) and entry.state.get("_flat") is not None:
            _check_flat(owner)
        entry.description = {
            "class": cls.__name__,
            "module": cls.__module__,
            "state": self._attributes(entry.state),
        }

    def _attributes(self, state):
        for name in state:
            if not is_attribute(name):
                self.refuse(str(name), "is no name of an attribute", "an identifier")
        found = {name: encode(value, name, self) for name, value in state.items()}
        self._entry.parts.reverse()  # the stack takes them from its end
        return found


def _check_flat(module):
    """Raise where `load` could not flatten the parameters again."""
    dtypes = {
        array.dtype for _, _, _, *pair in walk_parameters(module) for array in pair
    }
    if len(dtypes) > 1 or any(dtype.kind != "f" for dtype in dtypes):
        listed = ", ".join(sorted(map(str, dtypes)))
        raise TypeError(
            f"{type(module).__name__}: flattened parameters have dtypes {listed}, "
            "expected one floating-point type; astype() converts a network"
        )
