"""Initializers: variances by formula, which parameters, and signal through depth."""

import math

import numpy as np
import pytest

from nnmods.core import Module, manual_seed
from nnmods.layers import Linear
from nnmods.training.initializers import kaiming, lecun, xavier


class Leaf(Module):
    """A module of any weight shape, with a bias."""

    def __init__(self, *shape, dtype=np.float64):
        super().__init__(dtype)
        self.weight = np.full(shape, 7, dtype)
        self.grad_weight = np.zeros(shape, dtype)
        self.bias = np.full(shape[0], 7, dtype)
        self.grad_bias = np.zeros(shape[0], dtype)


class Stack(Module):
    """Modules within a module."""

    def __init__(self, *modules):
        super().__init__()
        self.modules = list(modules)


# out 200, in 30, kernel 2 x 5: fan_in = 300, fan_out = 2000
VARIANCES = [(lecun, 1 / 300), (xavier, 2 / 2300), (kaiming, 2 / 300)]
every_initializer = pytest.mark.parametrize("initialize", [lecun, xavier, kaiming])


@pytest.mark.parametrize("distribution", ["normal", "uniform", "truncated"])
@pytest.mark.parametrize("initialize, variance", VARIANCES)
def test_variance_by_formula(initialize, variance, distribution):
    leaf = Leaf(200, 30, 2, 5)
    assert initialize(leaf, distribution, rng=0) is leaf
    assert not leaf.bias.any()
    # 60,000 samples: the sample variance has a relative deviation below 0.6 %
    assert leaf.weight.var() == pytest.approx(variance, rel=0.025)
    assert abs(leaf.weight.mean()) < 5 * math.sqrt(variance / 60_000)
    largest = np.abs(leaf.weight).max() / math.sqrt(variance)
    if distribution == "uniform":
        assert 0.999 * math.sqrt(3) < largest <= math.sqrt(3)
    elif distribution == "truncated":  # at 2 deviations of what it is cut from
        assert 2.25 < largest <= 2 / 0.8796256610342398
    else:
        assert 3.5 < largest < 6


def test_values_are_the_generators_own():
    normal = np.random.default_rng(3).normal(0, 0.5, (5, 4))
    assert np.array_equal(lecun(Leaf(5, 4), rng=3).weight, normal)
    uniform = np.random.default_rng(3).uniform(-1.5, 1.5, (5, 4))
    got = kaiming(Leaf(5, 4), "uniform", rng=3, gain=math.sqrt(3)).weight
    assert got == pytest.approx(uniform, rel=1e-15)


def test_gain_of_kaiming():
    unit, ten = (kaiming(Leaf(9, 4), rng=0, gain=gain).weight for gain in (1, 10))
    assert ten == pytest.approx(10 * unit, rel=1e-15)
    assert np.array_equal(unit, lecun(Leaf(9, 4), rng=0).weight)


@every_initializer
def test_everything_below_is_redrawn_in_place(initialize):
    net = Stack(Leaf(6, 5), Stack(Leaf(4, 3, 2)), Linear(3, 2, bias=False))
    w, _ = net.flatten_parameters()
    arrays = [p for _, p, _ in net.named_parameters()]
    initialize(net, rng=0)
    for (path, p, _), before in zip(net.named_parameters(), arrays, strict=True):
        assert p is before and np.shares_memory(p, w)
        assert (p == 0).all() if path.endswith("bias") else (p != 7).all()


@every_initializer
def test_other_parameters_stay(initialize):
    norm = Leaf(6)  # one axis: the gain of a batch normalisation
    other = Leaf(4, 3)
    other.slope, other.grad_slope = np.full((2, 2), 7.0), np.zeros((2, 2))
    buffer = Leaf(4, 3)
    del buffer.grad_weight  # an array without a gradient is no parameter
    initialize(Stack(norm, other, buffer), rng=0)
    for array in (norm.weight, norm.bias, other.slope, buffer.weight, buffer.bias):
        assert (array == 7).all()
    assert (other.weight != 7).all()


@every_initializer
def test_shared_weights_are_drawn_once(initialize):
    first = Linear(4, 3)
    net = Stack(first, first.clone(share=True), Linear(4, 3))
    net.flatten_parameters()
    initialize(net, rng=5)
    rng = np.random.default_rng(5)
    pair = (
        initialize(Leaf(3, 4), rng=rng).weight,
        initialize(Leaf(3, 4), rng=rng).weight,
    )
    assert np.array_equal(net.modules[0].weight, pair[0])
    assert np.array_equal(net.modules[1].weight, pair[0])
    assert np.array_equal(net.modules[2].weight, pair[1])


def test_a_tied_transpose_is_drawn_once():
    encoder, decoder = Leaf(3, 5), Leaf(5, 3)
    decoder.weight, decoder.grad_weight = encoder.weight.T, encoder.grad_weight.T
    lecun(Stack(encoder, decoder), rng=0)
    assert np.array_equal(encoder.weight, lecun(Leaf(3, 5), rng=0).weight)


@every_initializer
def test_float32_and_empty_weights(initialize):
    net = Stack(Leaf(4, 3, dtype=np.float32), Leaf(2, 0), Leaf(0, 2))
    initialize(net, rng=0)
    weight = net.modules[0].weight
    assert weight.dtype == np.float32
    assert np.array_equal(weight, initialize(Leaf(4, 3), rng=0).weight.astype("f4"))
    assert not net.modules[1].bias.any()


def test_without_rng_the_default_generator_serves():
    manual_seed(11)
    first = lecun(Leaf(3, 3)).weight
    second = lecun(Leaf(3, 3)).weight
    manual_seed(11)
    assert np.array_equal(lecun(Leaf(3, 3)).weight, first)
    assert not np.array_equal(first, second)


DEPTH, WIDTH = 20, 500


def powers(initialize, f, scale=1.0):
    """Return the mean square after each layer of a net without biases."""
    x = np.random.default_rng(0).standard_normal((50, WIDTH))
    result = []
    for i in range(DEPTH):
        layer = initialize(Linear(WIDTH, WIDTH), rng=i + 1)
        layer.weight *= scale
        x = f(layer(x))
        result.append(np.mean(x**2))
    return np.array(result)


def identity(x):
    return x


def relu(x):
    return np.maximum(x, 0)


@pytest.mark.parametrize(
    "initialize, f", [(lecun, identity), (xavier, identity), (kaiming, relu)]
)
def test_depth_keeps_the_signal(initialize, f):
    # A unit of variance 1 has power 1 and a fourth moment of 3, after a ReLU and its 2
    # a fourth moment of 6: the logarithm of the power wanders with variance 2 / WIDTH
    # or 5 / WIDTH a layer, 0.45^2 after all. A factor of 4 is three deviations.
    power = powers(initialize, f)
    assert (power > 1 / 4).all() and (power < 4).all()


def test_too_small_vanishes_and_too_large_saturates():
    # half the deviation: a quarter of the power at each layer
    vanishing = powers(kaiming, relu, scale=0.5)
    assert 0.25**DEPTH / 4 < vanishing[-1] < 0.25**DEPTH * 4
    assert powers(lecun, np.tanh, scale=20)[-1] > 0.9
    assert powers(lecun, np.tanh)[-1] < 0.1


def test_deviation_not_variance_goes_with_one_over_root_fan_in():
    # the lecture's "variance ~ 1 / sqrt(fan_in)" would give 2 here, not 4
    narrow = kaiming(Leaf(2000, 25), rng=0).weight.var()
    wide = kaiming(Leaf(2000, 100), rng=0).weight.var()
    assert narrow / wide == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda leaf: lecun(leaf, "gauss"),
            ValueError,
            "lecun: distribution has value 'gauss', expected 'normal', 'uniform' or "
            "'truncated'",
        ),
        (
            lambda leaf: xavier(leaf.weight),
            TypeError,
            "xavier: net has type ndarray, expected a module",
        ),
        (
            lambda leaf: kaiming(leaf, gain=math.nan),
            ValueError,
            "kaiming: gain has value nan, expected a finite positive number",
        ),
        (
            lambda leaf: kaiming(leaf, gain=0),
            ValueError,
            "kaiming: gain has value 0, expected a finite positive number",
        ),
    ],
)
def test_nonsense_is_refused(call, error, message):
    leaf = Leaf(2, 2)
    with pytest.raises(error) as info:
        call(leaf)
    assert str(info.value) == message
    assert (leaf.weight == 7).all() and (leaf.bias == 7).all()
