import math
import warnings

import numpy as np
import pytest

from nnmods.containers import Sequential
from nnmods.layers import Linear
from nnmods.optim import SGD
from nnmods.training import Diverged, Trainer
from training.toys import LackOfScore, MeanSquare, Modal, weighing

ONE = np.array([[1.0]])


def train_to(*targets, lr=0.25, **options):
    """Return a trainer of y = w x, w = 0, on batches (1, target)."""
    net = weighing(0.0)
    batches = [(ONE, target * ONE) for target in targets]
    return Trainer(net, MeanSquare(), SGD(net, lr), batches, **options)


def test_steps_and_costs():
    trainer = train_to(2.0, 5.0, test=(ONE, 4 * ONE))
    record = trainer.epoch()
    # w = 0 - 0.25 * 2 * (0 - 2) = 1, then 1 - 0.25 * 2 * (1 - 5) = 3
    assert trainer.net.weight == 3.0
    assert record.train_cost == (2**2 + 4**2) / 2  # each before its step
    assert record.test_cost == 1.0  # after both
    assert record.train_accuracy is None and record.test_accuracy is None
    assert trainer.optimizer.t == 2
    assert 0 <= record.seconds < 60


def test_history():
    trainer = train_to(3.0)
    records = [trainer.epoch(), trainer.epoch()]
    assert trainer.history.train_cost == [9.0, 2.25]
    assert [trainer.history[0], trainer.history[1]] == records
    assert trainer.history.test_cost == [None, None]


def test_batches_of_unequal_size_weigh_by_samples():
    net = weighing(0.0)
    batches = [(np.ones((3, 1)), np.ones((3, 1))), (ONE, 5 * ONE)]
    record = Trainer(net, MeanSquare(), SGD(net, lr=0.0), batches).epoch()
    assert record.train_cost == (3 * 1 + 25) / 4


def test_accuracy_of_classes():
    net = Linear(2, 2, bias=False)
    net.weight[...] = np.eye(2)
    x = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    batches = [(x[:2], np.array([0, 1])), (x[2:], np.array([1]))]
    test = x, np.array([0, 0, 0])
    trainer = Trainer(net, LackOfScore(), SGD(net, lr=0.0), batches, test)
    record = trainer.epoch()
    assert record.train_accuracy == 2 / 3
    assert record.test_accuracy == 2 / 3


def test_modes():
    net = Sequential(weighing(1.0), Modal()).evaluate()
    batches = [(ONE, 3 * ONE)]
    trainer = Trainer(net, MeanSquare(), SGD(net, lr=0.0), batches, batches[0])
    record = trainer.epoch()
    assert record.train_cost == 9.0  # of y = 0, in training mode
    assert record.test_cost == 4.0  # of y = x, in evaluation mode
    assert net[1].train


def test_first_layer_makes_no_input_gradient():
    trainer = train_to(1.0)
    trainer.epoch()
    assert trainer.net.dC_dx is None


def test_divergence_makes_no_step():
    trainer = train_to(1.0, math.nan)
    with pytest.raises(
        Diverged, match="the training cost is nan in epoch 1; a smaller"
    ):
        trainer.epoch()
    assert trainer.optimizer.t == 1
    assert trainer.net.weight == 0.5
    assert len(trainer.history) == 0


def test_divergence_of_the_test():
    trainer = train_to(1.0, test=(ONE, math.inf * ONE))
    with pytest.raises(Diverged, match="the test cost is inf in epoch 1"):
        trainer.epoch()
    assert len(trainer.history) == 0


def test_warns_once_of_dtypes():
    trainer = train_to(1.0, 1.0)
    trainer.batches = [(x.astype(np.float32), target) for x, target in trainer.batches]
    with pytest.warns(
        UserWarning, match="x has dtype float32, the parameters"
    ) as found:
        trainer.epoch()
    assert len(found) == 1 and found[0].filename == __file__
    with warnings.catch_warnings(action="error"):
        trainer.epoch()


def test_integers_are_no_mismatch():
    net = weighing(1.0)
    batches = [(np.array([[1]]), ONE)]
    with warnings.catch_warnings(action="error"):
        Trainer(net, MeanSquare(), SGD(net), batches).epoch()


def test_generator_lasts_for_one_epoch():
    trainer = train_to(1.0)
    trainer.batches = iter(trainer.batches)
    trainer.epoch()
    with pytest.raises(ValueError, match="batches are none in epoch 2, expected at"):
        trainer.epoch()


def test_optimizer_of_another_net():
    with pytest.raises(TypeError, match="of another net, expected one made for net"):
        Trainer(weighing(1.0), MeanSquare(), SGD(weighing(1.0)), [])


def test_optimizer_of_vectors():
    net = weighing(0.0)
    optimizer = SGD(net.flatten_parameters(), lr=0.25)
    Trainer(net, MeanSquare(), optimizer, [(ONE, 3 * ONE)]).epoch()
    assert net.weight == 1.5
