"""Which parameters are weights, and how their axes lie in each kind of layer."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.training import constant, kaiming, lecun, orthogonal, xavier
from nnmods.training.initializers.weights import weights_of

FANS = [
    (nn.Linear(4, 6), [(4, 6)]),
    (nn.Bilinear(4, 3, 2), [(12, 6)]),
    (nn.IndexLinear(4, 3), [(4, 3)]),
    (nn.SpatialConvolution(2, 6, 3, 5), [(30, 90)]),
    (nn.SpatialConvolution(2, 6, 3, 5, groups=2), [(15, 45)]),
    (nn.SpatialConvolutionMM(2, 6, 3, 5), [(30, 90)]),
    (nn.SpatialFullConvolution(2, 6, 3, 5), [(30, 90)]),
    (nn.SpatialFullConvolution(2, 6, 3, 5, groups=2), [(15, 45)]),
    (nn.SpatialDepthWiseConvolution(2, 3, 3, 5), [(15, 45)]),
    (nn.SpatialConvolutionLocal(2, 3, 6, 5, 3, 2), [(12, 18)]),
    (nn.VolumetricConvolution(2, 3, 2, 2, 3), [(24, 36)]),
    (nn.TemporalConvolution(3, 4, 2), [(6, 8)]),
    (nn.TemporalRowConvolution(3, 2), [(2, 2)]),
    (nn.SeqLSTM(4, 3), [(7, 12)]),
    (nn.SeqLSTMP(4, 6, 3), [(7, 24), (6, 3)]),
    (nn.SeqGRU(4, 3), [(7, 9)]),
    (nn.FastLSTM(4, 3), [(4, 12), (3, 12)]),
    (nn.LSTM(4, 3), [(4, 3), (3, 3)] * 4),
    (nn.GRU(4, 3), [(4, 6), (3, 6), (4, 3), (3, 3)]),
    (nn.LayerNorm((2, 3)), []),
    (nn.CMul(2, 3), []),
    (nn.BatchNormalization(3), []),
]


@pytest.mark.parametrize("net, fans", FANS, ids=lambda v: type(v).__name__)
def test_fans_by_hand(net, fans):
    assert [weight.fans for weight in weights_of("test", net)] == fans


@pytest.mark.parametrize("net, fans", FANS, ids=lambda v: type(v).__name__)
def test_weights_are_views_of_all_their_entries(net, fans):
    net = net.clone()
    net.flatten_parameters()
    constant(net, 7)
    filled = [p for _, p, _ in net.named_parameters() if (p == 7).all()]
    assert len(filled) == len(fans)
    for _, p, _ in net.named_parameters():
        assert (p == 7).all() or (p != 7).all()


LAYERS = [
    (nn.Linear(60, 40), (90, 60)),
    (nn.SpatialConvolution(6, 40, 3, 3, 1, 1, 1, 1), (5, 6, 30, 30)),
    (nn.SpatialConvolution(8, 40, 3, 3, 1, 1, 1, 1, groups=2), (5, 8, 30, 30)),
    (nn.SpatialConvolutionMM(6, 40, 3, 3), (5, 6, 30, 30)),
    (nn.SpatialFullConvolution(10, 40, 3, 3), (5, 10, 30, 30)),
    (nn.SpatialDepthWiseConvolution(6, 20, 3, 3), (5, 6, 30, 30)),
    (nn.SpatialConvolutionLocal(3, 6, 20, 20, 3, 3), (30, 3, 20, 20)),
    (nn.TemporalConvolution(6, 40, 3), (20, 90, 6)),
]


@pytest.mark.parametrize(
    "layer, shape",
    LAYERS,
    ids=lambda v: type(v).__name__,
)
def test_the_output_has_the_power_of_the_input(layer, shape):
    """What lecun is for: y has the mean square of x, where the window is full."""
    x = np.random.default_rng(0).standard_normal(shape)
    y = lecun(layer.clone(), rng=1)(x)
    if y.ndim == 4 and not isinstance(layer, nn.SpatialConvolutionLocal):
        y = y[:, :, 2:-2, 2:-2]
    # some thousand weights: their mean square has a deviation of a few per cent
    assert np.mean(y**2) == pytest.approx(1, abs=0.15)


def test_variances_of_transposed_layers():
    rng = np.random.default_rng(0)
    weight = lecun(nn.SeqLSTM(100, 60), rng=rng).weight
    assert weight.shape == (160, 240)
    assert weight.var() == pytest.approx(1 / 160, rel=0.05)
    weight = kaiming(nn.SpatialFullConvolution(100, 10, 3, 3), rng=rng).weight
    assert weight.var() == pytest.approx(2 / 900, rel=0.05)
    weight = xavier(nn.SpatialConvolution(40, 80, 3, 3, groups=4), rng=rng).weight
    assert weight.var() == pytest.approx(2 / (90 + 180), rel=0.05)


def test_recurrent_layers_keep_their_biases():
    net = nn.Sequential(nn.SeqLSTM(4, 3), nn.Linear(3, 2))
    before = net[0].bias.copy()
    lecun(net, rng=0)
    assert before.any() and np.array_equal(net[0].bias, before)
    assert not net[1].bias.any()


def test_gains_centres_and_tables_of_connections_stay():
    connections = nn.tables.full(2, 3)
    layers = [
        nn.LayerNorm((2, 3)),
        nn.CMul(2, 3),
        nn.Kmeans(3, 4),
        nn.SpatialConvolutionMap(connections, 3, 2),
        nn.SpatialFullConvolutionMap(connections, 3, 2),
    ]
    for layer in layers:
        before = layer.weight.copy()
        lecun(layer, rng=0)
        orthogonal(layer, rng=0)
        assert np.array_equal(layer.weight, before)


def test_a_class_of_a_user_with_a_name_of_ours():
    class Convolution(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.grad_weight = np.ones((3, 2)), np.zeros((3, 2))

    assert weights_of("test", Convolution())[0].fans == (2, 3)
