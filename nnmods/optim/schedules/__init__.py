"""Schedules: how the learning rate changes as training goes on.

A schedule is any callable ``t -> factor``: step t, counted from 0, is made with the
rate ``lr * factor``. The ones here are values, which may be called for any t at any
time; `Plateau` alone has to be told how training goes.
"""

from nnmods.optim.schedules.combining import Product, Sequence
from nnmods.optim.schedules.cosine import Cosine, CosineRestarts
from nnmods.optim.schedules.decays import (
    Constant,
    Exponential,
    InverseTime,
    Polynomial,
)
from nnmods.optim.schedules.function import Lambda
from nnmods.optim.schedules.plateau import Plateau
from nnmods.optim.schedules.rises import LinearWarmup, OneCycle
from nnmods.optim.schedules.stairs import MultiStep, Step

__all__ = [
    "Constant",
    "Cosine",
    "CosineRestarts",
    "Exponential",
    "InverseTime",
    "Lambda",
    "LinearWarmup",
    "MultiStep",
    "OneCycle",
    "Plateau",
    "Polynomial",
    "Product",
    "Sequence",
    "Step",
]
