"""Training: the loop over epochs, what it records, and how weights begin."""

from nnmods.training.blame import Diverged
from nnmods.training.callback import Callback
from nnmods.training.checkpoint import Checkpoint
from nnmods.training.confusion import ConfusionMatrix
from nnmods.training.evaluation import evaluate, evaluating
from nnmods.training.history import History, Record
from nnmods.training.initializers import (
    constant,
    identity,
    kaiming,
    lecun,
    lsuv,
    normal,
    orthogonal,
    sparse,
    truncated_normal,
    uniform,
    xavier,
)
from nnmods.training.log_epochs import LogEpochs
from nnmods.training.logger import Logger
from nnmods.training.logger_rows import read_log
from nnmods.training.monitors import EarlyStopping, KeepBest, Monitor
from nnmods.training.prediction import predict
from nnmods.training.showing import Show
from nnmods.training.stochastic_gradient import StochasticGradient
from nnmods.training.trainer import Trainer

__all__ = [
    "Callback",
    "Checkpoint",
    "ConfusionMatrix",
    "Diverged",
    "EarlyStopping",
    "History",
    "KeepBest",
    "LogEpochs",
    "Logger",
    "Monitor",
    "Record",
    "Show",
    "StochasticGradient",
    "Trainer",
    "constant",
    "evaluate",
    "evaluating",
    "identity",
    "kaiming",
    "lecun",
    "lsuv",
    "normal",
    "orthogonal",
    "predict",
    "read_log",
    "sparse",
    "truncated_normal",
    "uniform",
    "xavier",
]
