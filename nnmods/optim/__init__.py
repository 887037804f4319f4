"""Minimisers over the flat parameter vector, and schedules for their rate."""

from nnmods.optim.adadelta import Adadelta
from nnmods.optim.adafactor import Adafactor
from nnmods.optim.adagrad import Adagrad
from nnmods.optim.adam import Adam
from nnmods.optim.adamax import Adamax
from nnmods.optim.adamw import AdamW
from nnmods.optim.asgd import ASGD
from nnmods.optim.cg import CG
from nnmods.optim.clipping import clip_norm, clip_value
from nnmods.optim.cmaes import CMAES
from nnmods.optim.de import DE
from nnmods.optim.ema import EMA
from nnmods.optim.fista import FISTA
from nnmods.optim.groups import without_decay
from nnmods.optim.lamb import LAMB
from nnmods.optim.lars import LARS
from nnmods.optim.lbfgs import LBFGS
from nnmods.optim.line_search import lswolfe
from nnmods.optim.lion import Lion
from nnmods.optim.lookahead import Lookahead
from nnmods.optim.muon import Muon
from nnmods.optim.nadam import NAdam
from nnmods.optim.nag import NAG
from nnmods.optim.objectives import Objective, objective
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.polynomials import polyinterp
from nnmods.optim.radam import RAdam
from nnmods.optim.rmsprop import RMSprop
from nnmods.optim.rprop import Rprop
from nnmods.optim.schedules import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    InverseTime,
    Lambda,
    LinearWarmup,
    MultiStep,
    OneCycle,
    Plateau,
    Polynomial,
    Product,
    Sequence,
    Step,
)
from nnmods.optim.sgd import SGD
from nnmods.optim.statistics import update_statistics
from nnmods.optim.swa import SWA
from nnmods.optim.torch7 import from_torch7

__all__ = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "CG",
    "CMAES",
    "Constant",
    "Cosine",
    "CosineRestarts",
    "DE",
    "EMA",
    "Exponential",
    "FISTA",
    "InverseTime",
    "LAMB",
    "LARS",
    "LBFGS",
    "Lambda",
    "LinearWarmup",
    "Lion",
    "Lookahead",
    "MultiStep",
    "Muon",
    "NAG",
    "NAdam",
    "Objective",
    "OneCycle",
    "Optimizer",
    "Plateau",
    "Polynomial",
    "Product",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
    "SWA",
    "Sequence",
    "Step",
    "clip_norm",
    "clip_value",
    "from_torch7",
    "lswolfe",
    "objective",
    "polyinterp",
    "update_statistics",
    "without_decay",
]
