"""What modules are in files, to be changed and read again."""

from interop.t7.made import lifted
from nnmods.interop.t7.fields import Fields
from nnmods.interop.t7.lowering import Lowering


def written(module):
    """Return the raw fields of a module, by name."""
    return Fields(Lowering().lower(module), None).named


def read(module, name=None, /, **changes):
    """Return a module that was written, with fields of its object changed."""
    given = written(module) | changes
    return lifted(name or f"nn.{type(module).__name__}", **given)
