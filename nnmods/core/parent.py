"""Parent: a module with a list of others, its children."""

from nnmods.core.arrays import name_of
from nnmods.core.module import Module
from nnmods.core.state import State
from nnmods.core.tree import mark_changed


class Parent(Module):
    """A list of modules, counted from 0, that can be read and changed like one.

    Parameters
    ----------
    *modules : Module
        The children.

    Attributes
    ----------
    modules : list of Module

    Raises
    ------
    TypeError
        If a child is not a Module.
    ValueError
        If one instance stands at two places.
    """

    def __init__(self, *modules):
        super().__init__()
        self.modules = []
        self.extend(*modules)

    def add(self, module):
        """Append a child, and return self."""
        return self.insert(len(self.modules), module)

    def extend(self, *modules):
        """Append children, and return self."""
        if type(self).insert is not Parent.insert:  # which looks at each of them
            for module in modules:
                self.add(module)
            return self
        for module in modules:
            self._check_kind(module)
        before = len(self.modules)
        self.modules += modules
        try:
            self.named_modules()  # once for all: it looks at every module below
        except ValueError:
            del self.modules[before:]
            raise
        self._rewired()
        return self

    def get(self, index):
        """Return the child at ``index``."""
        return self[index]

    def size(self):
        """Return the number of children."""
        return len(self)

    def apply_to_modules(self, function):
        """Call ``function(module)`` on each child, not on those below, return self."""
        for module in self:
            function(module)
        return self

    def insert(self, index, module):
        """Put a child before the one that stands at ``index``, and return self."""
        self._check_kind(module)
        here = {id(known): path for path, known in self.named_modules()}
        for path, new in module.named_modules():
            if id(new) in here:
                raise ValueError(
                    f"{type(self).__name__}: {name_of(new)} stands at two places, "
                    f"{here[id(new)] or 'the container itself'} and "
                    f"{'.'.join(filter(None, (str(index), path)))}; "
                    "clone(share=True) makes a second one with the same weights"
                )
        self.modules.insert(index, module)
        self._rewired()
        return self

    def remove(self, index=-1):
        """Take out the child at ``index`` (the last one), and return it."""
        if not -len(self) <= index < len(self):
            raise IndexError(
                f"{type(self).__name__}: index is {index}, expected one of "
                f"{len(self)} modules"
            )
        module = self.modules.pop(index)
        self._rewired()
        return module

    def _check_kind(self, module):
        if not isinstance(module, Module):
            raise TypeError(
                f"{type(self).__name__}: module has type {type(module).__name__}, "
                "expected a Module"
            )

    def _rewired(self):
        mark_changed()
        State.clear_state(self)

    def children(self):
        return [(str(i), module) for i, module in enumerate(self.modules)]

    def set_child(self, name, module):
        self.modules[int(name)] = module
        mark_changed()

    def __len__(self):
        return len(self.modules)

    def __iter__(self):
        return iter(self.modules)

    def __getitem__(self, index):
        return self.modules[index]

    def __setitem__(self, index, module):
        """Put a module in the place of the child at ``index``."""
        place = index % len(self) if -len(self) <= index < len(self) else index
        old = self.remove(place)
        try:
            self.insert(place, module)
        except (TypeError, ValueError):
            self.insert(place, old)
            raise

    def _arguments(self):
        """Return what stands in the repr before the children, such as an axis."""
        return ""

    def __repr__(self):
        lines = [f"\n({name}): {module!r}" for name, module in self.children()]
        body = f"{self._arguments()}{',' if self._arguments() and lines else ''}"
        body += "".join(lines).replace("\n", "\n  ") + ("\n" if lines else "")
        return f"{type(self).__name__}({body})"
