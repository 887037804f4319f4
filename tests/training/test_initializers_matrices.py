"""Orthogonal, sparse and identical weights: what they are in each kind of layer."""

import copy
import math
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT, ROUNDING, SINGLE
from nnmods.training import identity, orthogonal, sparse


def assert_orthonormal(W, gain=1.0, atol=EXACT):
    """Raise unless the rows, or the columns of a tall W, are orthogonal."""
    W = W.reshape(len(W), -1)
    product = W @ W.T if len(W) <= W.shape[1] else W.T @ W
    wanted = gain**2 * np.eye(len(product))
    np.testing.assert_allclose(product, wanted, rtol=0, atol=atol)


@pytest.mark.parametrize("gain", [1, 2**0.5])
@pytest.mark.parametrize(
    "layer",
    [
        nn.Linear(5, 5),
        nn.Linear(7, 3),
        nn.Linear(3, 7),
        nn.Linear(1, 4, bias=False),
        nn.SpatialConvolution(2, 5, 3, 3),
        nn.SpatialConvolution(2, 50, 3, 3),
        nn.SpatialConvolutionMM(2, 5, 3, 3),
        nn.SeqLSTM(4, 3),
        nn.Bilinear(4, 3, 5),
    ],
    ids=repr,
)
def test_rows_or_columns_are_orthonormal(layer, gain):
    layer = layer.clone()
    assert orthogonal(layer, gain, rng=0) is layer
    assert_orthonormal(layer.weight, gain)


def test_each_map_is_orthonormal():
    weight = orthogonal(nn.SpatialConvolution(4, 6, 3, 3, groups=2), rng=0).weight
    for group in weight.reshape(2, 3, -1):
        assert_orthonormal(group)
    weight = orthogonal(nn.SpatialFullConvolution(2, 3, 3, 3), rng=0).weight
    assert_orthonormal(weight.swapaxes(0, 1))
    weight = orthogonal(nn.SpatialDepthWiseConvolution(2, 3, 3, 3), rng=0).weight
    for channel in range(2):
        assert_orthonormal(weight[:, channel])
    layer = orthogonal(nn.SpatialConvolutionLocal(2, 3, 4, 4, 3, 3), rng=0)
    for place in layer.weight.reshape(4, 3, -1):
        assert_orthonormal(place)
    layer = orthogonal(nn.LSTM(4, 3), rng=0)
    for _, p, _ in layer.named_parameters():
        if p.ndim == 2:
            assert_orthonormal(p)


def test_the_signs_are_those_of_a_uniform_distribution():
    # of an orthogonal matrix of 2 x 2, uniform: each entry is symmetric about 0, its
    # square has the mean 1/2, and its trace the mean 0 and the mean square 1
    rng = np.random.default_rng(0)
    W = np.array([orthogonal(nn.Linear(2, 2), rng=rng).weight for _ in range(4000)])
    deviation = 1 / math.sqrt(len(W))
    assert (abs(W.mean(axis=0)) < 5 * deviation).all()
    assert (abs((W**2).mean(axis=0) - 0.5) < 5 * deviation).all()
    trace = np.trace(W, axis1=1, axis2=2)
    assert abs(trace.mean()) < 5 * deviation
    assert abs(np.mean(trace**2) - 1) < 10 * deviation


def test_a_deep_linear_net_keeps_lengths_both_ways():
    net = nn.Sequential(*(nn.Linear(20, 20) for _ in range(50)))
    orthogonal(net, rng=0)
    x = np.random.default_rng(1).standard_normal((5, 20))
    lengths = np.linalg.norm(x, axis=1)
    for z in (net.forward(x), net.backward(x, x)):
        np.testing.assert_allclose(np.linalg.norm(z, axis=1), lengths, rtol=EXACT)


def test_sparse_rows():
    layer = sparse(nn.Linear(400, 300), k=20, rng=0)
    assert (np.count_nonzero(layer.weight, axis=1) == 20).all()
    assert not layer.bias.any()
    # 6000 numbers: a relative deviation below 1 % of theirs
    assert layer.weight[layer.weight != 0].std() == pytest.approx(20**-0.5, rel=0.05)
    # each input is chosen 15 times in the mean, with a deviation of 3.8
    chosen = np.count_nonzero(layer.weight, axis=0)
    assert 2 <= chosen.min() and chosen.max() < 38 and chosen.std() > 2


def test_sparse_kernels_small_layers_and_deviations():
    weight = sparse(nn.SpatialConvolution(3, 6, 3, 3), k=4, rng=0).weight
    assert (np.count_nonzero(weight.reshape(6, 27), axis=1) == 4).all()
    weight = sparse(nn.Linear(5, 300), rng=0).weight
    assert (weight != 0).all() and weight.std() == pytest.approx(5**-0.5, rel=0.1)
    weight = sparse(nn.Linear(100, 300), std=3, rng=0).weight
    assert weight[weight != 0].std() == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2)])
def test_identity_of_a_matrix(shape):
    layer = identity(nn.Linear(*shape))
    assert np.array_equal(layer.weight, np.eye(shape[1], shape[0]))
    assert not layer.bias.any()


@pytest.mark.parametrize(
    "layer, shape",
    [
        (nn.SpatialConvolution(3, 3, 3, 5, 1, 1, 1, 2), (2, 3, 7, 6)),
        (nn.SpatialConvolution(4, 4, 3, 3, 1, 1, 1, 1, groups=2), (2, 4, 7, 6)),
        (nn.SpatialConvolutionMM(3, 3, 3, 3, 1, 1, 1, 1), (2, 3, 7, 6)),
        (nn.SpatialFullConvolution(3, 3, 3, 3, 1, 1, 1, 1), (2, 3, 7, 6)),
        (
            nn.SpatialFullConvolution(4, 4, 3, 3, 1, 1, 1, 1, groups=2),
            (2, 4, 7, 6),
        ),
        (nn.SpatialDepthWiseConvolution(3, 1, 3, 3, 1, 1, 1, 1), (2, 3, 7, 6)),
        (nn.VolumetricConvolution(2, 2, 3, 3, 3, 1, 1, 1, 1, 1, 1), (2, 2, 4, 5, 6)),
        (nn.Sequential(nn.Linear(6, 6), nn.Linear(6, 6)), (4, 6)),
    ],
    ids=repr,
)
def test_identity_is_the_identity(layer, shape):
    x = np.random.default_rng(0).standard_normal(shape)
    layer = identity(layer.clone())
    np.testing.assert_allclose(layer(x), x, rtol=0, atol=EXACT)


def test_identity_of_a_temporal_convolution():
    x = np.random.default_rng(0).standard_normal((2, 7, 3))
    y = identity(nn.TemporalConvolution(3, 3, 3))(x)
    np.testing.assert_allclose(y, x[:, 1:-1], rtol=0, atol=EXACT)


def test_identity_leaves_gates_alone():
    layer = nn.FastLSTM(4, 4, rng=0)
    before = layer.weight.copy()
    assert np.array_equal(identity(layer).weight, before)


EVERY = [
    lambda net, rng: orthogonal(net, rng=rng),
    lambda net, rng: sparse(net, k=2, rng=rng),
    lambda net, rng: identity(net),
]
every = pytest.mark.parametrize("initialize", EVERY)


@every
def test_in_place_shared_once_and_reproducible(initialize):
    first = nn.Linear(4, 3)
    net = nn.Sequential(first, nn.Linear(3, 4), first.clone(share=True))
    copies = copy.deepcopy(net), pickle.loads(pickle.dumps(net))
    w, _ = net.flatten_parameters()
    initialize(net, np.random.default_rng(3))
    assert all(np.shares_memory(p, w) for p in net.parameters()[0])
    assert net[2].weight is net[0].weight or np.shares_memory(
        net[2].weight, net[0].weight
    )
    rng = np.random.default_rng(3)
    assert np.array_equal(net[0].weight, initialize(nn.Linear(4, 3), rng).weight)
    assert np.array_equal(net[1].weight, initialize(nn.Linear(3, 4), rng).weight)
    for other in copies:
        initialize(other, np.random.default_rng(3))
        assert np.array_equal(other.flatten_parameters()[0], w)


@every
def test_float32_is_the_rounding_of_float64(initialize):
    single, double = nn.Linear(6, 4).float(), nn.Linear(6, 4)
    initialize(single, np.random.default_rng(0))
    initialize(double, np.random.default_rng(0))
    assert single.weight.dtype == np.float32
    assert np.array_equal(single.weight, double.weight.astype(np.float32))


@every
def test_empty_weights(initialize):
    class Empty(nn.Module):
        def __init__(self, *shape):
            super().__init__()
            self.weight, self.grad_weight = np.zeros(shape), np.zeros(shape)
            self.bias, self.grad_bias = np.ones(shape[0]), np.zeros(shape[0])

    for shape in ((0, 3), (3, 0), (2, 0, 3)):
        assert not initialize(Empty(*shape), np.random.default_rng(0)).bias.any()


def test_orthogonal_in_float32():
    layer = orthogonal(nn.Linear(30, 20).float(), rng=0)
    assert_orthonormal(layer.weight.astype(np.float64), atol=SINGLE)
    assert_orthonormal(orthogonal(nn.Linear(30, 20), rng=0).weight, atol=ROUNDING)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda layer: orthogonal(layer, gain=-1),
            ValueError,
            "orthogonal: gain has value -1, expected a finite positive number",
        ),
        (
            lambda layer: orthogonal(layer, gain="1"),
            TypeError,
            "orthogonal: gain has type str, expected a number",
        ),
        (
            lambda layer: orthogonal(layer.weight),
            TypeError,
            "orthogonal: net has type ndarray, expected a module",
        ),
        (
            lambda layer: sparse(layer, k=0),
            ValueError,
            "sparse: k has value 0, expected at least 1",
        ),
        (
            lambda layer: sparse(layer, std=math.inf),
            ValueError,
            "sparse: std has value inf, expected a finite positive number",
        ),
        (
            lambda layer: identity(None),
            TypeError,
            "identity: net has type NoneType, expected a module",
        ),
    ],
)
def test_nonsense_is_refused(call, error, message):
    layer = nn.Linear(3, 2)
    before = [p.copy() for p in layer.parameters()[0]]
    with pytest.raises(error) as info:
        call(layer)
    assert str(info.value) == message
    for p, old in zip(layer.parameters()[0], before, strict=True):
        assert np.array_equal(p, old)
