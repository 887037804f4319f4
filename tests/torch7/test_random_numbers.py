"""The generator draws what Torch7 draws, bit by bit."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import nnmods as nn
from torch7.golden import cases

NUMBERS = next(case for case in cases() if case.kind == "rng")
#: Of Torch7's names: what draws the same here, for an array of so many entries.
DRAWS = {
    "rand": lambda rng, n: rng.random(n),
    "uniform": lambda rng, n: rng.random(n),
    "uniform_ab": lambda rng, n: rng.uniform(-2, 3, n),
    "scalar_uniform": lambda rng, n: [rng.random() for _ in range(n)],
    "float_uniform": lambda rng, n: rng.random(n, np.float32),
    "normal": lambda rng, n: rng.standard_normal(n),
    "normal_ab": lambda rng, n: rng.normal(1, 2, n),
    "scalar_normal": lambda rng, n: [rng.standard_normal() for _ in range(n)],
    "float_normal": lambda rng, n: rng.standard_normal(n, np.float32),
    "float_normal_small": lambda rng, n: rng.standard_normal(n, np.float32),
    "randn": lambda rng, n: rng.standard_normal(n),
    "randn_small": lambda rng, n: rng.standard_normal(n),
    "randn_15": lambda rng, n: rng.standard_normal(n),
    "randn_16": lambda rng, n: rng.standard_normal(n),
    "randn_37": lambda rng, n: rng.standard_normal(n),
    "random": lambda rng, n: rng.integers(0, 2**32, n),
    "random_1_10": lambda rng, n: rng.integers(1, 10, n, endpoint=True),
    "randperm": lambda rng, n: rng.permutation(n) + 1,
    "randperm_long": lambda rng, n: rng.permutation(n) + 1,
}
#: Distributions that no module draws from.
UNUSED = {"bernoulli", "bernoulli_byte", "cauchy", "exponential", "geometric"}
UNUSED |= {"logNormal", "mixed", "multinomial", "multinomial_norep", "random_long"}


def test_every_stream_is_compared_or_unused():
    assert set(NUMBERS.entry["arrays"]) == set(DRAWS) | UNUSED


@pytest.mark.parametrize("name", DRAWS)
def test_numbers(name):
    wanted = NUMBERS.array(name)
    got = DRAWS[name](nn.Torch7Generator(123), wanted.size)
    assert_array_equal(np.reshape(got, wanted.shape), wanted)


def test_the_second_of_a_pair_waits_for_the_next_call():
    rng = nn.Torch7Generator(5)
    at_once = nn.Torch7Generator(5).standard_normal(5)
    parts = [rng.standard_normal(3), [rng.standard_normal()], rng.standard_normal(1)]
    assert_array_equal(np.concatenate(parts), at_once)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_copies_go_on_where_the_original_is(duplicate):
    rng = nn.Torch7Generator(5)
    rng.standard_normal(3)
    assert_array_equal(duplicate(rng).standard_normal(4), rng.standard_normal(4))


def test_out_and_none():
    rng, out = nn.Torch7Generator(7), np.empty((2, 3), np.float32)
    assert rng.random(out=out) is out and (out < 1).all()
    assert isinstance(rng.random(), float)
    assert rng.standard_normal((0, 3)).shape == (0, 3)


def test_it_serves_as_the_default_generator():
    first = nn.manual_seed(nn.Torch7Generator(1))
    layer = nn.Linear(2, 3)
    assert isinstance(first, nn.Torch7Generator)
    again = nn.Linear(2, 3, rng=nn.Torch7Generator(1))
    assert_array_equal(layer.weight, again.weight)
