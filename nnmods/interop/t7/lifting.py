"""Lifting: from raw objects to the values, arrays and modules that they are."""

import numpy as np

from nnmods.core.module import Module
from nnmods.core.state import State
from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.fields import Fields
from nnmods.interop.t7.paths import spell
from nnmods.interop.t7.raw import Function, Object, Storage, Table, Tensor
from nnmods.interop.t7.registry import find
from nnmods.interop.t7.stackless import drive
from nnmods.interop.t7.values import (
    LuaFunction,
    LuaTable,
    UnknownTorchObject,
    number,
    text,
)
from nnmods.interop.t7.views import array_of, has_plain_keys, is_list


class Lifting:
    """Makes each raw object into one value, however often it is referred to."""

    def __init__(self):
        self._made = {}  # by id; holds the raw object too, so that its id stays its own
        self._placed = {}  # by id too
        self._gradients = {}

    def lift(self, raw):
        """Return the value of a raw object; after an error, none of it is known."""
        known = [(held, len(held)) for held in (self._made, self._placed)]
        try:
            return drive(self.value(raw, None))
        except BaseException:
            for held, size in known:
                while len(held) > size:
                    held.popitem()
            raise

    def value(self, raw, path):
        """Return the value of a raw object, or a generator that does."""
        kind = type(raw)
        if kind is float:
            return number(raw)
        if kind is bytes:
            return text(raw)
        if raw is None or kind is bool:
            return raw
        if id(raw) in self._made:
            made = self._made[id(raw)][1]
            if made is self:
                raise T7Error(
                    f"{spell(path)} is the {raw.name} that it stands in, expected no "
                    "cycle",
                    raw.offset,
                )
            return made
        if kind is Tensor or kind is Storage:
            return self._keep(raw, array_of(raw))
        if kind is Table:
            return self._table(raw, path)
        if kind is Function:
            return self._function(raw, path)
        return self._object(raw, path)

    def _keep(self, raw, made):
        self._made[id(raw)] = raw, made
        return made

    def _table(self, raw, path):
        if is_list(raw):
            made = self._keep(raw, [None] * (len(raw.items) // 2))
            for key, item in raw.pairs():
                place = int(key) - 1
                made[place] = yield self.value(item, (path, place))
            return made
        plain = has_plain_keys(raw)
        made = self._keep(raw, {} if plain else LuaTable())
        for key, item in raw.pairs():
            key = yield self.value(key, path)
            made[key] = yield self.value(item, (path, key))
        return made

    def _function(self, raw, path):
        made = self._keep(raw, LuaFunction(raw.bytecode, None, raw.kind))
        made.upvalues = yield self.value(raw.upvalues, path)
        return made

    def _object(self, raw, path):
        """Make a module or criterion, or keep what is not known."""
        spec = find(raw.name)
        if spec is None:
            made = self._keep(raw, UnknownTorchObject(raw.name, None, raw.version))
            made.fields = yield self._fields(raw, path)
            return made
        self._keep(raw, self)  # as long as it is being made
        fields = Fields(raw, path)
        for name in spec.parts:
            part = self._parts(fields.named.get(name), (path, name))
            fields.parts[name] = yield part
        if spec.wants_all:
            fields.values = yield self._fields(raw, path)
        made = self._keep(raw, spec.load(fields))
        if isinstance(made, Module):
            self._join_gradients(made)
        return made

    def _fields(self, raw, path):
        """Return what an object wrote; no fields are a dict, not a list."""
        is_empty = type(raw.content) is Table and not raw.content.items
        return {} if is_empty else self.value(raw.content, path)

    def _parts(self, raw, path):
        """Return the module of a field, or a list of those of a table in it."""
        if type(raw) is not Table or not is_list(raw):
            return (yield self._part(raw, path))
        ordered = sorted(raw.pairs(), key=lambda pair: pair[0])
        parts = []
        for i, (_, item) in enumerate(ordered):
            parts.append((yield self._part(item, (path, i))))
        return parts

    def _part(self, raw, path):
        """Return a module, at this place only; anything else stays raw."""
        if type(raw) is not Object:
            return raw
        made = yield self.value(raw, path)
        if isinstance(made, UnknownTorchObject):
            raise T7Error(
                f"{spell(path)} is of class {raw.name}, which is not known, expected a "
                f"module of Torch7; register_t7({raw.name!r}, function) says how to "
                "make one",
                raw.offset,
            )
        if not isinstance(made, State):
            return made
        if id(raw) in self._placed:
            return made.clone(share=True) if isinstance(made, Module) else made.clone()
        self._placed[id(raw)] = raw
        return made

    def _join_gradients(self, module):
        """Give a parameter that two modules share one gradient, the sum of the two."""
        for name, value in list(vars(module).items()):
            grad = vars(module).get(f"grad_{name}")
            if not isinstance(value, np.ndarray) or not isinstance(grad, np.ndarray):
                continue
            key = value.__array_interface__["data"][0], value.shape, value.strides
            _, added = self._gradients.setdefault(key, (value, [grad]))
            if not np.shares_memory(added[0], grad):
                if all(grad is not other for other in added):
                    added[0] += grad
                    added.append(grad)
                setattr(module, f"grad_{name}", added[0])
