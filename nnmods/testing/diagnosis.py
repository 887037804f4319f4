"""Diagnosis: what is wrong with a module, in words, numbers and JSON."""

import dataclasses
import math

import numpy as np

from nnmods.core.arrays import name_of
from nnmods.testing.compare import ContractError


@dataclasses.dataclass
class Diagnosis:
    """What `diagnose` found.

    Attributes
    ----------
    module : str
        Its repr.
    shape : tuple or list of tuples
        Of the input.
    findings : list of Finding
        The mistakes; empty for a module that is right.
    kinks : list of Kink
        No mistakes: entries at which the input lies on a kink.
    notes : list of str
        What was not looked at, and why.
    """

    module: str
    shape: tuple | list
    findings: list = dataclasses.field(default_factory=list)
    kinks: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)

    @property
    def ok(self):
        """Whether no mistake was found."""
        return not self.findings

    def __str__(self):
        n = len(self.findings)
        verdict = "no mistake found" if not n else f"{n} mistake{'s' if n > 1 else ''}"
        parts = [f"{self.module}: {verdict}, x of shape {self.shape}"]
        parts += map(str, self.findings)
        if self.kinks:
            shown = [*map(str, self.kinks[:5])]
            if len(self.kinks) > 5:
                shown.append(f"... and {len(self.kinks) - 5} more kinks")
            parts.append("\n".join(shown))
        parts += self.notes
        return "\n\n".join(parts)

    def to_dict(self):
        """Return all of it as JSON can hold it; nan, inf and -inf are texts."""
        return _spelled({"ok": self.ok, **dataclasses.asdict(self)})

    def raise_if_wrong(self):
        """Raise `ContractError` with the report as its message if there is a mistake.

        Raises
        ------
        ContractError
        """
        if not self.ok:
            raise ContractError(str(self))


def shown_name(module):
    """Return what reports call a module, at most 80 characters."""
    name = name_of(module)
    return name if len(name) <= 80 else type(module).__name__


def _spelled(value):
    if isinstance(value, dict):
        return {name: _spelled(entry) for name, entry in value.items()}
    if isinstance(value, np.ndarray):
        return _spelled(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_spelled(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
