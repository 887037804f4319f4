"""nnmods: neural networks by explicit, module-by-module backpropagation."""

import importlib

from nnmods.activations import (
    LogSigmoid,
    LogSoftMax,
    ReLU,
    ScaledTanh,
    Sigmoid,
    SoftMax,
    SoftPlus,
    Tanh,
)
from nnmods.containers import (
    Concat,
    ConcatTable,
    MapTable,
    Parallel,
    ParallelTable,
    Sequential,
)
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
from nnmods.criterions import (
    AbsCriterion,
    BCECriterion,
    ClassNLLCriterion,
    CrossEntropyCriterion,
    MSECriterion,
)
from nnmods.layers import (
    Add,
    BatchNormalization,
    Dropout,
    Duplicate,
    Flatten,
    Identity,
    JoinTable,
    Linear,
    Max,
    Reshape,
    SelectTable,
    SpatialAveragePooling,
    SpatialBatchNormalization,
    SpatialConvolution,
    SpatialMaxPooling,
    View,
)

__all__ = [
    "AbsCriterion",
    "Add",
    "BCECriterion",
    "BatchNormalization",
    "ClassNLLCriterion",
    "Concat",
    "ConcatTable",
    "Container",
    "Criterion",
    "CrossEntropyCriterion",
    "Dropout",
    "Duplicate",
    "Elementwise",
    "Flatten",
    "Identity",
    "JoinTable",
    "Linear",
    "LinearMap",
    "LogSigmoid",
    "LogSoftMax",
    "MSECriterion",
    "MapTable",
    "Max",
    "Module",
    "Parallel",
    "ParallelTable",
    "ReLU",
    "Reshape",
    "ScaledTanh",
    "SelectTable",
    "Sequential",
    "Sigmoid",
    "SoftMax",
    "SoftPlus",
    "SpatialAveragePooling",
    "SpatialBatchNormalization",
    "SpatialConvolution",
    "SpatialMaxPooling",
    "Tanh",
    "View",
    "data",
    "drawing",
    "get_default_dtype",
    "load",
    "manual_seed",
    "optim",
    "save",
    "set_default_dtype",
    "testing",
    "training",
]


#: Rooms that are loaded on first use, and names of theirs: importing stays quick.
_LAZY = {name: name for name in ("data", "drawing", "optim", "testing", "training")}
_LAZY |= {"load": "interop", "save": "interop"}


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"module 'nnmods' has no attribute {name!r}")
    room = importlib.import_module(f"nnmods.{_LAZY[name]}")
    return room if _LAZY[name] == name else getattr(room, name)


def __dir__():
    return sorted({*globals(), *__all__})
