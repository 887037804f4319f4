"""Minimisers over the flat parameter vector, and schedules for their rate."""

from nnmods.core.lazy import lazily
from nnmods.optim import schedules

FILES = {
    "adadelta": "Adadelta",
    "adafactor": "Adafactor",
    "adagrad": "Adagrad",
    "adam": "Adam",
    "adamax": "Adamax",
    "adamw": "AdamW",
    "asgd": "ASGD",
    "cg": "CG",
    "clipping": "clip_norm clip_value",
    "cmaes": "CMAES",
    "de": "DE",
    "diagonal_lm": "DiagonalLM",
    "ema": "EMA",
    "fista": "FISTA",
    "groups": "without_decay",
    "lamb": "LAMB",
    "lars": "LARS",
    "lbfgs": "LBFGS",
    "line_search": "lswolfe",
    "lion": "Lion",
    "lookahead": "Lookahead",
    "muon": "Muon",
    "nadam": "NAdam",
    "nag": "NAG",
    "objectives": "Objective objective",
    "optimizer": "Optimizer",
    "polynomials": "polyinterp",
    "radam": "RAdam",
    "rmsprop": "RMSprop",
    "rprop": "Rprop",
    "schedules": " ".join(schedules.__all__),
    "sgd": "SGD",
    "statistics": "update_statistics",
    "swa": "SWA",
    "torch7": "from_torch7",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
