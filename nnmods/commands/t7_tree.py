"""The tree that ``nnmods t7 info`` draws of the raw objects of a file."""

import textwrap

from nnmods.commands.t7_fields import WIRING, Known, entries_of, is_plain, wired
from nnmods.commands.t7_parameters import Parameters
from nnmods.commands.t7_text import listed, outline, where
from nnmods.interop.t7.paths import spell
from nnmods.interop.t7.raw import Function, Object, Raw, Table, Tensor
from nnmods.interop.t7.stackless import drive
from nnmods.interop.t7.views import field

#: What stands deeper is counted and not shown.
DEEPEST = 30
_HIDDEN = DEEPEST + 2
#: How many entries of a table are shown: 1 to n, and with other keys.
LIST, TABLE = 10, 50
WIDTH = 88


class Tree:
    """Lines about objects, and what was counted on the way.

    Every object is shown where it is met first, and as ``-> path`` after that.

    Attributes
    ----------
    lines : list of str
    parameters : Parameters
    training : bool
        Whether a module is in training mode.
    unknown, ignored : dict
        Of the unknown classes, and of fields that mean nothing here, to their paths.
    functions : list of paths
    """

    def __init__(self):
        self.lines, self.parameters, self.training = [], Parameters(), False
        self.unknown, self.ignored, self.functions = {}, {}, []
        self._paths = {}

    def add(self, raw, path=None):
        """Add the lines of an object, which must live as long as the tree."""
        drive(self._visit(raw, path, 0))

    def _visit(self, raw, path, depth, mode=None):
        """Show an object, or return a generator that does."""
        if isinstance(raw, Raw):
            if id(raw) in self._paths:
                return self._say(depth, path, f"-> {where(self._paths[id(raw)])}")
            self._paths[id(raw)] = path
        if type(raw) is Object and raw.name in WIRING:
            return self._wiring(raw, path, depth)
        if type(raw) is Object:
            return self._object(raw, path, depth, mode)
        if type(raw) is Table:
            return self._table(raw, path, depth, mode)
        if type(raw) is Function:
            return self._function(raw, path, depth)
        return self._say(depth, path, outline(raw))

    def _say(self, depth, path, text):
        if depth <= DEEPEST:
            label = f"{spell((None, path[1]))}  " if path else ""
            self.lines.append(f"{'  ' * depth}{label}{text}")

    def _table(self, raw, path, depth, mode):
        entries = entries_of(raw)
        values = [value for _, value in entries]
        if values and all(map(is_plain, values)) and entries[-1][0] == len(values) - 1:
            texts = listed(outline, values, LIST)
            return self._say(depth, path, f"{outline(raw)}: {texts}")
        self._say(depth, path, outline(raw))
        return self._entries(entries, path, depth, mode)

    def _entries(self, entries, path, depth, mode):
        """Show what is in a table: all modules, and the first of everything else."""
        if depth == DEEPEST and entries:
            self._say(depth, None, "  ...")
        last = entries[-1][0] if entries else None
        left = LIST if last == len(entries) - 1 else TABLE
        hidden = 0
        for key, value in entries:
            shown = left > 0 or type(value) is Object
            left, hidden = left - 1, hidden + (not shown)
            below = depth + 1 if shown else _HIDDEN
            yield self._visit(value, (path, key), below, mode)
        if hidden:
            self._say(depth + 1, None, f"... {hidden:,} more")

    def _function(self, raw, path, depth):
        self.functions.append(path)
        self._say(depth, path, outline(raw))
        yield self._visit(raw.upvalues, (path, "upvalues"), _HIDDEN)

    def _object(self, raw, path, depth, mode):
        """Show a module, or an instance of any other class."""
        known = Known(raw)
        if not known.by_class:
            self.unknown.setdefault(raw.name, []).append(path)
        line, start = len(self.lines), self.parameters.noted()
        self._say(depth, path, raw.name)
        train = field(raw, b"train")
        self.training |= train is True
        yield self._fields(known, path, depth, mode if train is None else train)
        if depth <= DEEPEST:
            texts, (count, _) = [self.lines[line]], self.parameters.total(start)
            texts += [f"{count:,} parameters"] if count else []
            if type(train) is bool and train is not mode:
                texts.append(f"{'training' if train else 'evaluation'} mode")
            self.lines[line] = ", ".join(texts)

    def _wiring(self, raw, path, depth):
        """Show what wires a graph; all of it leads to all the rest, which is not."""
        number, module = wired(raw)
        text = raw.name if number is None else f"{raw.name} {number:g}"
        self._say(depth, path, text if module is None else f"{text}: {module.name}")
        if module is not None and id(module) not in self._paths:
            yield self._visit(module, (path, "data.module"), depth + 1)

    def _fields(self, known, path, depth, mode):
        """Show the fields of an object: numbers in one line, then the others."""
        plain = [
            f"{spell((None, key))} {outline(value)}"
            for key, value in known.entries
            if is_plain(value) and known.has_use(key)
        ]
        if depth == DEEPEST and known.entries:
            self._say(depth, None, "  ...")
        if plain and depth < DEEPEST:
            indent = "  " * (depth + 1)
            self.lines += textwrap.wrap(
                ", ".join(plain), WIDTH, initial_indent=indent, subsequent_indent=indent
            )
        others = []
        for key, value in known.entries:
            if not known.has_use(key):
                self._ignore(known, key, value, path, depth)
            elif type(value) is Tensor:
                self._tensor(known, key, value, (path, key), depth + 1)
            elif not is_plain(value):
                others.append((key, value))
        for key, value in others:
            yield self._visit(value, (path, key), depth + 1, mode)

    def _ignore(self, known, key, value, path, depth):
        name = spell(((None, known.name), key))
        name += " (function)" if type(value) is Function else ""
        self.ignored.setdefault(name, []).append(path)
        self._say(depth + 1, (path, key), f"{outline(value)}, not understood")

    def _tensor(self, known, key, raw, path, depth):
        """Show the array of a module, and count it if it is a parameter."""
        if known.is_parameter(key):
            self.parameters.add(raw)
        if id(raw) in self._paths:
            return self._visit(raw, path, depth)
        self._paths[id(raw)] = path
        first = self.parameters.first(raw, path)
        also = "" if first is path else f", memory of {where(first)}"
        return self._say(depth, path, outline(raw) + also)
