"""nnmods: neural networks by explicit, module-by-module backpropagation."""

import importlib

from nnmods import activations, containers, criterions, layers
from nnmods.core import (
    Container,
    Criterion,
    Elementwise,
    Input,
    LinearMap,
    Module,
    get_default_dtype,
    manual_seed,
    set_default_dtype,
)
from nnmods.core.lazy import gathered

_classes, _load_class, _ = gathered(
    __name__, activations, containers, criterions, layers
)

#: Rooms that are loaded on first use, as all classes are: importing stays quick.
_ROOMS = ("analysis", "data", "drawing", "lecture", "optim", "testing", "training")
_ROOMS += ("utils",)
_ROOMS = {name: name for name in _ROOMS} | {"tables": "layers.convolution.tables"}
#: Other names, and the room that has them.
_OTHERS = {"load": "interop", "save": "interop", "StochasticGradient": "training"}
_OTHERS |= {"draw": "drawing"}
_OTHERS |= {"Torch7Generator": "core.torch7_generator", "explain": "analysis"}
_OTHERS |= dict.fromkeys(("T7Error", "load_t7", "register_t7", "save_t7"), "interop.t7")
_OTHERS |= dict.fromkeys(("get_num_threads", "set_num_threads"), "kernels.threads")

__all__ = [
    *_classes,
    "activations",
    "containers",
    "criterions",
    "layers",
    "Container",
    "Criterion",
    "Elementwise",
    "Input",
    "LinearMap",
    "Module",
    "get_default_dtype",
    "manual_seed",
    "set_default_dtype",
    *_ROOMS,
    *_OTHERS,
]


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"nnmods.{_ROOMS[name]}")
    if name in _OTHERS:
        return getattr(importlib.import_module(f"nnmods.{_OTHERS[name]}"), name)
    return _load_class(name)


def __dir__():
    return sorted({*globals(), *__all__})
