"""Networks as files: nnmods' own format."""

from nnmods.interop.loading import load
from nnmods.interop.saving import save

__all__ = ["load", "save"]
