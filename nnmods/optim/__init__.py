"""Minimisers over the flat parameter vector, and schedules for their rate."""

from nnmods.optim.adam import Adam
from nnmods.optim.groups import without_decay
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.schedules import Constant, Cosine, InverseTime, Step
from nnmods.optim.sgd import SGD

__all__ = [
    "Adam",
    "Constant",
    "Cosine",
    "InverseTime",
    "Optimizer",
    "SGD",
    "Step",
    "without_decay",
]
