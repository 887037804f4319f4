"""Trainings that are killed, and what they come to when they are resumed."""

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim
from nnmods.data import Minibatches, Prefetch, Stratified
from nnmods.training import Callback, Checkpoint, EarlyStopping, KeepBest, Trainer

RNG = np.random.default_rng(0)
X, TARGET = RNG.standard_normal((37, 6)).astype("float32"), RNG.integers(0, 3, 37)


class Killed(BaseException):
    """What ends a training in the middle."""


class Kill(Callback):
    """End a training after some step of the optimiser, or after an epoch's end."""

    def __init__(self, step=None, epoch=None):
        self.step, self.epoch = step, epoch

    def on_step(self, trainer):
        if trainer.optimizer.t == self.step:
            raise Killed

    def on_epoch(self, trainer):
        if trainer.epoch == self.epoch:
            raise Killed


def build(folder=None, kill=None, make_optimizer=None, **options):
    """Return a trainer with everything whose state matters."""
    nn.manual_seed(3)
    net = nn.Sequential(
        nn.Linear(6, 8),
        nn.BatchNormalization(8),
        nn.Dropout(0.3),  # draws from the default generator
        nn.RReLU(rng=7),  # from its own
        nn.Linear(8, 3),
    ).float()
    make_optimizer = make_optimizer or (lambda net: optim.Adam(net, 0.01))
    optimizer = make_optimizer(net)
    callbacks = [kill or Kill(), EarlyStopping(2), KeepBest()]
    if folder is not None:
        callbacks.insert(0, Checkpoint(folder, every=1))
    return Trainer(
        net, nn.CrossEntropyCriterion(), optimizer, callbacks=callbacks, **options
    )


def list_of_batches():
    return [(X[k : k + 8], TARGET[k : k + 8]) for k in range(0, 37, 8)]


class Drawn:
    """Minibatches without a state, drawn from the default generator in each epoch."""

    def __iter__(self):
        for _ in range(5):
            chosen = nn.core.get_rng().integers(0, len(X), 8)
            yield X[chosen], TARGET[chosen]


SOURCES = {
    "Minibatches": lambda: Minibatches(X, TARGET, 8),
    "of their own": lambda: Minibatches(X, TARGET, 8, rng=5),
    "once": lambda: Minibatches(X, TARGET, 8, shuffle="once", rng=5),
    "list": list_of_batches,
    "prefetched": lambda: Prefetch(
        Minibatches(X, TARGET, 8, rng=5, sampler=Stratified(TARGET))
    ),
    "drawn": Drawn,
}
OPTIMIZERS = {
    "SGD": lambda net: optim.SGD(net, 0.1, momentum=0.9),
    "groups": lambda net: optim.AdamW(net, 0.01, groups=optim.without_decay(net)),
    "Plateau": lambda net: optim.Adam(net, 0.1, schedule=optim.Plateau(patience=0)),
}
EPOCHS = 4


def fit(trainer, source):
    validation = X[:20], TARGET[:20]
    return trainer.fit(source, EPOCHS, validation, show=False)


def ending(trainer):
    """Return all that a training came to, without the time it took."""
    state = trainer.state_dict()
    columns = state["history"]["columns"]
    del state["seconds"], columns["seconds"]
    state["callbacks"] = [s for s in state["callbacks"] if s]
    return state


def assert_same(got, wanted, where="state"):
    assert type(got) is type(wanted), where
    if isinstance(wanted, dict):
        assert got.keys() == wanted.keys(), where
        for key in wanted:
            assert_same(got[key], wanted[key], f"{where}[{key!r}]")
    elif isinstance(wanted, (list, tuple)):
        assert len(got) == len(wanted), where
        for i, pair in enumerate(zip(got, wanted, strict=True)):
            assert_same(*pair, f"{where}[{i}]")
    else:
        np.testing.assert_array_equal(got, wanted, where)


def killed_and_resumed(folder, source, kills, **options):
    """Return a training that was killed at each of some moments, in turn."""
    for kill in kills:
        trainer = build(folder, kill, **options)
        trainer.resume(folder)
        with pytest.raises(Killed):
            fit(trainer, source())
    trainer = build(folder, **options)
    assert (trainer.resume(folder) is None) == (kills[-1].step == 1)
    fit(trainer, source())
    return trainer
