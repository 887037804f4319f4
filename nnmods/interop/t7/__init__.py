"""Files of Torch7."""

from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.loading import load_t7
from nnmods.interop.t7.reader import T7Reader
from nnmods.interop.t7.registry import register_t7
from nnmods.interop.t7.saving import save_t7
from nnmods.interop.t7.values import (
    LuaFunction,
    LuaTable,
    TorchStorage,
    UnknownTorchObject,
)

__all__ = [
    "LuaFunction",
    "LuaTable",
    "T7Error",
    "T7Reader",
    "TorchStorage",
    "UnknownTorchObject",
    "load_t7",
    "register_t7",
    "save_t7",
]
