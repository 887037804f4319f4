"""nnmods: neural networks by explicit, module-by-module backpropagation."""

import importlib

from nnmods import activations, containers, criterions, layers
from nnmods.activations import *
from nnmods.containers import *
from nnmods.core import (
    Container,
    Criterion,
    Elementwise,
    LinearMap,
    Module,
    get_default_dtype,
    manual_seed,
    set_default_dtype,
)
from nnmods.criterions import *
from nnmods.layers import *

#: Rooms that are loaded on first use, and names of theirs: importing stays quick.
_ROOMS = ("data", "drawing", "optim", "testing", "training", "utils")
_LAZY = {name: name for name in _ROOMS}
_LAZY |= {"load": "interop", "save": "interop", "StochasticGradient": "training"}
_LAZY |= {"Torch7Generator": "core.torch7_generator"}

__all__ = [
    *activations.__all__,
    *containers.__all__,
    *criterions.__all__,
    *layers.__all__,
    "Container",
    "Criterion",
    "Elementwise",
    "LinearMap",
    "Module",
    "get_default_dtype",
    "manual_seed",
    "set_default_dtype",
    *_LAZY,
]


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"module 'nnmods' has no attribute {name!r}")
    room = importlib.import_module(f"nnmods.{_LAZY[name]}")
    return room if _LAZY[name] == name else getattr(room, name)


def __dir__():
    return sorted({*globals(), *__all__})
