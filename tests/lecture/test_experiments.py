"""The statements that are experiments: what their numbers say, for two seeds."""

import inspect

import numpy as np
import pytest
from lecture.outcomes import column, confirmed, outcome

import nnmods as nn
from nnmods.lecture import EXPERIMENTS

seeds = pytest.mark.parametrize("seed", [0, 1])


@seeds
def test_lecture_13_squared_error_stalls_where_the_log_loss_does_not(seed):
    numbers = confirmed(13, seed)
    squared, log = column(numbers, "accuracy (%)")
    assert squared < 1 and log > 99
    squared, log = column(numbers, "mean s of class 1")
    assert squared < -15 and log > 0
    squared, log = column(numbers, "|dC/ds| at s = -20")
    assert squared < 1e-8 and 0.99 < log <= 1


@seeds
def test_lecture_17_relu_keeps_what_fifty_sigmoids_lose(seed):
    relu, tanh, sigmoid = column(confirmed(17, seed), "left after 50 layers")
    assert 1 / 3 < relu < 3 and 0.03 < tanh < 1 and sigmoid < 1e-25


@seeds
def test_lecture_19_copies_change_nothing_and_noise_falls_as_one_over_b(seed):
    numbers = confirmed(19, seed)
    assert -1.1 < numbers["power of B in the variance"][""] < -0.9
    assert numbers["gradient of 10 copies against 1"][""] < 1e-13
    assert (
        numbers["minibatches of 10"]["cost after 1 pass"]
        < numbers["all 1000"]["after 10"]
    )


@seeds
def test_lecture_20_sorted_classes_teach_the_last_bias_their_order(seed):
    numbers = confirmed(20, seed)
    tracked, other = column(numbers, "largest bias is the class shown (% of steps)")
    assert tracked > 85 and other < 30
    collapsed, learned = column(numbers, "accuracy (%)")
    assert collapsed < 15 and learned > 85
    assert numbers["sorted"]["most predicted class (% of all)"] > 95


@seeds
def test_lecture_22_decay_beats_constant_rates_at_the_noise_floor(seed):
    large, small, *falling = column(confirmed(22, seed), "of the last 300")
    assert max(falling) < small / 2 < small < large / 10


@seeds
def test_lecture_23_l2_shortens_weights_and_is_decay_under_sgd_alone(seed):
    numbers = confirmed(23, seed)
    lengths, costs = column(numbers, "|w|"), column(numbers, "test cost")
    assert lengths == sorted(lengths, reverse=True) and lengths[-1] < lengths[0] / 2
    assert min(costs) < 0.9 * costs[0]
    sgd, adam = column(numbers, "difference of w")
    assert sgd < 1e-13 and adam > 0.1


@seeds
def test_lecture_24_only_the_soft_threshold_gives_exact_zeros(seed):
    numbers = confirmed(24, seed)
    assert column(numbers, "weights of exactly 0 (of 7)") == [0, 7]
    largest, none = column(numbers, "largest, last 50 steps")
    assert 0.002 < largest < 1.5 * 0.05 * 0.1 and none == 0


@seeds
def test_lecture_25_too_large_saturates_and_too_small_vanishes(seed):
    numbers = confirmed(25, seed)
    sizes = column(numbers, "size of the last y (rms)")
    assert sizes == sorted(sizes) and sizes[0] < 1e-8 and sizes[-1] > 0.9
    saturated = column(numbers, "saturated units (%)")
    assert max(saturated[:3]) < 1 and saturated[-1] > 80
    left = column(numbers, "|dC_dx| / |dC_dy|")
    assert left[0] < 1e-8 and 0.1 < left[2] < 10 and left[-1] > 1e3


@pytest.mark.parametrize("number", EXPERIMENTS)
def test_experiments_say_what_they_are_about(number):
    module = EXPERIMENTS[number]
    assert module.__doc__.startswith(f"Statement {number}: ")
    assert module.TITLE[0].isupper() and module.TITLE[-1] != "."
    assert module.STATEMENT[-1] == "." and "\n\n" not in module.STATEMENT
    assert max(map(len, module.STATEMENT.splitlines())) <= 88
    assert [*inspect.signature(module.run).parameters] == ["rng"]
    assert inspect.signature(module.run).parameters["rng"].default == 0


@pytest.mark.parametrize("number", EXPERIMENTS)
def test_numbers_depend_on_the_seed_alone(number):
    nn.set_default_dtype("float32")
    default = nn.manual_seed(5)
    state = str(default.bit_generator.state)
    again = EXPERIMENTS[number].run(np.random.default_rng(1))
    assert again.numbers == outcome(number, 1).numbers
    assert again.verdict == outcome(number, 1).verdict
    assert again.numbers != outcome(number, 0).numbers
    assert str(default.bit_generator.state) == state
