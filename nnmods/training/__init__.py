"""Training: the loop over epochs, what it records, and how weights begin."""

from nnmods.training.confusion import ConfusionMatrix
from nnmods.training.evaluation import evaluate, evaluating
from nnmods.training.history import History, Record
from nnmods.training.initializers import kaiming, lecun, xavier
from nnmods.training.stochastic_gradient import StochasticGradient
from nnmods.training.trainer import Diverged, Trainer

__all__ = [
    "ConfusionMatrix",
    "Diverged",
    "History",
    "Record",
    "StochasticGradient",
    "Trainer",
    "evaluate",
    "evaluating",
    "kaiming",
    "lecun",
    "xavier",
]
