"""A training that is resumed goes on from its place, or is refused as a whole."""

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim
from nnmods.data import Minibatches
from training.killing import (
    EPOCHS,
    SOURCES,
    TARGET,
    Kill,
    Killed,
    X,
    assert_same,
    build,
    ending,
    fit,
)


def validation_set():
    return Minibatches(X, TARGET, 8, rng=11, drop_last=True)  # others in each epoch


def test_the_validation_set_goes_on(tmp_path):
    whole = build()
    whole.fit(SOURCES["list"](), EPOCHS, validation_set(), show=False)
    killed = build(tmp_path, Kill(8))
    with pytest.raises(Killed):
        killed.fit(SOURCES["list"](), EPOCHS, validation_set(), show=False)
    resumed = build(tmp_path)
    resumed.resume(tmp_path)
    resumed.fit(SOURCES["list"](), EPOCHS, validation_set(), show=False)
    assert_same(ending(resumed), ending(whole))


def stopped_at(step, folder, **options):
    with pytest.raises(Killed):
        fit(build(folder, Kill(step), **options), SOURCES["Minibatches"]())


def test_a_fit_that_was_refused_leaves_the_place(tmp_path):
    whole = build()
    fit(whole, SOURCES["Minibatches"]())
    stopped_at(8, tmp_path)
    resumed = build(tmp_path)
    resumed.resume(tmp_path)
    with pytest.raises(ValueError, match="state has batch_size 8, expected 9"):
        fit(resumed, Minibatches(X, TARGET, 9))
    with pytest.raises(ValueError, match="Trainer: batches has one state, expected no"):
        fit(resumed, SOURCES["list"]())
    fit(resumed, SOURCES["Minibatches"]())
    assert_same(ending(resumed), ending(whole))


def test_an_error_as_it_begins_leaves_the_place(tmp_path):
    whole = build()
    fit(whole, SOURCES["drawn"]())

    class Refusing(Kill):
        def on_begin(self, trainer):
            if self.step:
                self.step = None
                raise Killed

    with pytest.raises(Killed):
        fit(build(tmp_path, Kill(8)), SOURCES["drawn"]())
    resumed = build(tmp_path, Refusing(1))
    resumed.resume(tmp_path)
    with pytest.raises(Killed):
        fit(resumed, SOURCES["drawn"]())
    fit(resumed, SOURCES["drawn"]())
    assert_same(ending(resumed), ending(whole))


def test_torch7s_generator_takes_the_place_of_another_mersenne_twister():
    trainer = build()
    nn.manual_seed(nn.Torch7Generator(3)).standard_normal(1)
    state = trainer.state_dict()
    wanted = nn.core.get_rng().standard_normal(3)
    nn.manual_seed(np.random.Generator(np.random.MT19937(1)))
    trainer.load_state_dict(state)
    np.testing.assert_array_equal(nn.core.get_rng().standard_normal(3), wanted)


def test_of_other_metrics_or_averages(tmp_path):
    stopped_at(8, tmp_path)
    trainer = build(tmp_path, metrics={"zero": lambda y, target: 0.0})
    with pytest.raises(ValueError, match="metrics: state has names none, expected ze"):
        trainer.resume(tmp_path)
    state = build(tmp_path).state_dict()
    trainer = build(tmp_path)
    trainer.average = optim.EMA(trainer.net, 0.9)
    with pytest.raises(ValueError, match="average has no state, expected one"):
        trainer.load_state_dict(state)
    with pytest.raises(ValueError, match="average has one state, expected none"):
        build(tmp_path).load_state_dict(trainer.state_dict())
