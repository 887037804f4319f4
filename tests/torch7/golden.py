"""Torch7's numbers: reading them, and building the modules that they are of.

`tests/golden/README.md` says what the cases hold. A file in `families/` says where a
class differs from its namesake: CONSTRUCTORS (of its arguments), INPUTS and TARGETS
(of values that hold indices from 1, to make them ours), and FAULTS (a reason for each
case or array that is not to be compared).
"""

import functools
import json
import re
from pathlib import Path

import numpy as np

import nnmods as nn
from torch7.families import CONSTRUCTORS

FOLDER = Path(__file__).parent.parent / "golden"


@functools.cache
def arrays_of(file):
    with np.load(FOLDER / file) as archive:
        return dict(archive)


class Golden:
    """A case of the manifest, with its arrays."""

    def __init__(self, entry):
        self.entry = entry
        self.id = entry["id"]
        self.kind = entry["kind"]
        self.name = entry["class"].removeprefix("nn.")

    def __contains__(self, name):
        return name in self.entry["arrays"]

    def array(self, name):
        return arrays_of(self.entry["file"])[self.entry["prefix"] + name]

    def names(self, prefix):
        return [name for name in self.entry["arrays"] if name.startswith(prefix)]

    def value(self, name):
        """Return the array or the nested table of that name; None if it is missing."""
        if name in self:
            return self.array(name)
        if f"{name}.__empty__" in self:
            return []
        if not self.names(f"{name}."):
            return None
        entries = []
        while (value := self.value(f"{name}.{len(entries) + 1}")) is not None:
            entries.append(value)
        return entries

    def make(self):
        """Return the module or criterion as it is constructed."""
        return _build(self.entry["spec"], self, {})

    def build(self):
        """Return the module or criterion, in the mode and with the values it had."""
        built = self.make()
        for field, value in self.entry.get("fields_set", {}).items():
            setattr(built, snake_case(field), value)
        if self.kind == "criterion" or self.kind == "error":
            return built
        if not self.entry.get("train", True):
            built.evaluate()
        parameters = built.parameters()[0]
        given = len(self.names("param."))
        assert len(parameters) == given, f"{len(parameters)} parameters, not {given}"
        for i, p in enumerate(parameters, 1):
            put(p, self.array(f"param.{i}"))
        for field in self.names("pre."):
            self._load(built, field)
        return built

    def _load(self, built, field):
        """Set running statistics; other fields come from the constructor."""
        *path, name = field.removeprefix("pre.").split(".")
        if name in ("running_mean", "running_var"):
            for step in path:
                built = built[int(step) - 1] if step.isdigit() else built
            put(getattr(built, name), self.array(field))


def put(p, value):
    """Write a value to p, whose shape may differ in axes of length 1."""
    assert p.size == value.size, f"{value.shape} for {p.shape}"
    p[...] = value.reshape(p.shape)


def cases():
    """Return all cases of the manifest."""
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    return [Golden(entry) for entry in manifest["cases"]]


def snake_case(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _build(spec, case, known):
    name = spec["class"].removeprefix("nn.")
    args = [_argument(arg, case, known) for arg in spec["args"]]
    while args and args[-1] is None:
        args.pop()
    make = CONSTRUCTORS.get(name) or getattr(nn, name)
    built = make(*args)
    for op in spec.get("ops", []):
        values = [_argument(arg, case, known) for arg in op["args"]]
        getattr(built, snake_case(op["op"]))(*values)
    known[spec.get("id")] = built
    return built


def _argument(arg, case, known):
    if isinstance(arg, list):
        return [_argument(entry, case, known) for entry in arg]
    if arg in ("inf", "-inf", "nan"):
        return float(arg)
    if not isinstance(arg, dict):
        return arg
    (kind, value) = next(item for item in arg.items() if item[0] != "type")
    if kind == "__module__":
        return _build(value, case, known)
    if kind == "__ref__":
        return known[value]
    if kind == "__tensor__":
        return case.array(value)
    return tuple(value) if kind == "__size__" else value
