"""Torch7's plain training loop; its numbers are compared in tests/torch7."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.training import StochasticGradient


def trainer(**options):
    net = nn.Linear(1, 1, bias=False)
    net.weight[...] = 0
    return StochasticGradient(net, nn.MSECriterion(), 0.25, verbose=False, **options)


ONE = [(np.array([1.0]), np.array([4.0]))]


def test_each_example_is_one_step():
    plain = trainer(max_iteration=3)
    assert plain.train(ONE) == [16.0, 4.0, 1.0]
    assert plain.module.weight.item() == 3.5


def test_the_rate_decays_from_the_second_pass():
    decayed = trainer(max_iteration=2, learning_rate_decay=0.5)
    decayed.train(ONE)  # w = 2, then a rate of 0.25 / (1 + 2 * 0.5)
    assert decayed.module.weight.item() == 2 + 0.125 * 2 * 2


def test_hooks_see_steps_and_passes():
    seen = trainer(max_iteration=2)
    examples, passes = [], []
    seen.hook_example = lambda self, example: examples.append(example)
    seen.hook_iteration = lambda self, i, cost: passes.append((i, cost))
    seen.train(ONE)
    assert examples == ONE * 2 and passes == [(1, 16.0), (2, 4.0)]


def test_no_limit_goes_on_until_a_hook_raises():
    endless = trainer(max_iteration=0)

    def stop(self, iteration, cost):
        if iteration == 40:
            raise StopIteration

    endless.hook_iteration = stop
    with pytest.raises(StopIteration):
        endless.train(ONE)


def test_the_order_is_drawn_once():
    data = [(np.array([1.0]), np.array([float(i)])) for i in range(6)]
    orders = []
    for shuffle in (True, False):
        seen = trainer(max_iteration=2, shuffle_indices=shuffle, rng=0)
        targets = []
        seen.hook_example = lambda _, e, targets=targets: targets.append(e[1].item())
        seen.train(data)
        orders.append(targets)
    assert orders[0][:6] == orders[0][6:] != list(range(6))
    assert sorted(orders[0][:6]) == orders[1][:6] == list(range(6))


def test_no_examples_are_refused():
    with pytest.raises(ValueError, match="0 examples"):
        trainer().train([])
