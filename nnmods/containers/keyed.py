"""Keyed: the family of containers whose modules may be called by keys."""

from nnmods.core import Container
from nnmods.core.tree import mark_changed


class Keyed(Container):
    """Modules of a list, with numbers, or of a dict, whose keys stand in paths.

    Those of a dict are replaced, ``container["key"] = module``; those of a list come
    and go as well.

    Parameters
    ----------
    modules : list or dict of Module

    Attributes
    ----------
    keys : list of str, or None
        Of a dict.

    Raises
    ------
    TypeError
        If ``modules`` is neither, or a module is added to those of a dict.
    ValueError
        If a key cannot stand in a path.
    """

    keys = None

    def __init__(self, modules):
        if not isinstance(modules, (list, tuple, dict)):
            raise TypeError(
                f"{type(self).__name__}: modules has type {type(modules).__name__}, "
                "expected a list or a dict"
            )
        if not isinstance(modules, dict):
            super().__init__(*modules)
            return
        for key in modules:
            if type(key) is not str or not key or "." in key:
                raise ValueError(
                    f"{type(self).__name__}: modules has the key {key!r}, "
                    "expected a text without dots"
                )
        super().__init__(*modules.values())
        self.keys = list(modules)

    def names(self):
        """Return a list of what the modules are called in paths."""
        return self.keys or [str(i) for i in range(len(self.modules))]

    def children(self):
        return list(zip(self.names(), self.modules, strict=True))

    def set_child(self, name, module):
        self.modules[self.names().index(name)] = module
        mark_changed()

    def __getitem__(self, index):
        """Return the module of an index or a key."""
        return self.modules[self._place(index)]

    def __setitem__(self, index, module):
        """Put a module in the place of the one of an index or a key."""
        place, keys, self.keys = self._place(index), self.keys, None
        try:
            super().__setitem__(place, module)
        finally:
            self.keys = keys

    def _place(self, index):
        if not isinstance(index, str):
            return index
        if index not in (self.keys or ()):
            raise KeyError(f"{type(self).__name__}: no module has the key {index!r}")
        return self.keys.index(index)

    def insert(self, index, module):
        self._refuse_without_key()
        return super().insert(index, module)

    def remove(self, index=-1):
        self._refuse_without_key()
        return super().remove(index)

    def _refuse_without_key(self):
        if self.keys is not None:
            raise TypeError(
                f"{type(self).__name__}: modules has keys, expected no other number of "
                "modules; container[key] = module replaces one"
            )

    def _locate(self, err, i):
        err.add_note(f"in module {self.names()[i]} of {type(self).__name__}")
