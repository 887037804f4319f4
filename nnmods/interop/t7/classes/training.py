"""Training in Torch7's nn."""

from nnmods.core import Criterion, Module
from nnmods.training import StochasticGradient

#: Torch7's names of the options, ours, and how each is read.
OPTIONS = {
    "learningRate": ("learning_rate", "number", 0.01),
    "learningRateDecay": ("learning_rate_decay", "number", 0),
    "maxIteration": ("max_iteration", "integer", 25),
    "shuffleIndices": ("shuffle_indices", "boolean", False),
    "verbose": ("verbose", "boolean", False),
}


class _Trainer:
    """What a `Spec` is for modules: a trainer is none."""

    name, ours, version = "nn.StochasticGradient", "StochasticGradient", 1
    parts, wants_all = ("module", "criterion"), False

    def known(self):
        return {*OPTIONS, *self.parts}

    def load(self, fields):
        options = {
            ours: getattr(fields, kind)(name, default)
            for name, (ours, kind, default) in OPTIONS.items()
        }
        module, criterion = (fields.parts[name] for name in self.parts)
        if not isinstance(module, Module) or not isinstance(criterion, Criterion):
            fields.fail("module or criterion is missing", "both")
        return StochasticGradient(module, criterion, **options)

    def save(self, trainer):
        options = {name: getattr(trainer, ours) for name, (ours, *_) in OPTIONS.items()}
        return options | {"module": trainer.module, "criterion": trainer.criterion}


CLASSES = {"StochasticGradient": _Trainer()}
ALIASES = {}
