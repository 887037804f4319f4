import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import nnmods as nn


def network(**options):
    pooling = nn.SpatialMaxPooling(2, 2, **options)
    return nn.Sequential(pooling, nn.SpatialMaxUnpooling(pooling))


def test_maxima_go_back_to_where_they_were():
    x = np.array([[[1.0, 7.0, 3.0], [7.0, 2.0, 9.0]]])
    net = network(ceil_mode=True)
    assert_array_equal(net(x), [[[0, 7, 0], [0, 0, 9]]])
    dC_dy = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    net.forward(x)
    assert_array_equal(net.backward(x, dC_dy), [[[0, 2, 0], [0, 0, 6]]])
    assert_array_equal(net[0].indices, [[[1, 5]]])


def test_volumes():
    pooling = nn.VolumetricMaxPooling(2, 2, 1)
    net = nn.Sequential(pooling, nn.VolumetricMaxUnpooling(pooling))
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    assert_array_equal(net(x), [[[[0, 0], [0, 0]], [[0, 5], [0, 7]]]])


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.deepcopy,
        lambda net: pickle.loads(pickle.dumps(net)),
        lambda net: net.clone(),
    ],
)
def test_a_copy_of_the_network_refers_to_its_own_pooling(duplicate, rng):
    net = network()
    x = rng.standard_normal((2, 3, 4, 6))
    wanted = net(x)
    other = duplicate(net)
    assert other[1].pooling is other[0] is not net[0]
    net.forward(-x)
    assert_array_equal(other(x), wanted)


def test_the_pooling_is_no_child():
    net = network()
    assert [path for path, _ in net.named_modules()] == ["", "0", "1"]
    assert repr(net[1]) == "SpatialMaxUnpooling(SpatialMaxPooling(2x2, stride=2))"


def test_indices_are_kept_only_for_an_unpooling(rng):
    pooling = nn.SpatialMaxPooling(2, 2)
    pooling.forward(rng.standard_normal((1, 4, 4)))
    assert pooling.indices is None


@pytest.mark.parametrize(
    "pooling, error, message",
    [
        (nn.SpatialMaxPooling(3, 3, 2, 2), ValueError, "expected a stride equal to"),
        (nn.SpatialMaxPooling(2, 2, 2, 1), ValueError, "expected a stride equal to"),
        (nn.SpatialDilatedMaxPooling(2, 2, dilation=2), ValueError, "no dilation"),
        (nn.SpatialAveragePooling(2, 2, 2, 2), TypeError, "expected a max pooling"),
        (nn.VolumetricMaxPooling(2, 2, 2), TypeError, "over 2 axes"),
        (None, TypeError, "pooling is None"),
    ],
)
def test_other_poolings_are_refused(pooling, error, message):
    with pytest.raises(error, match=message):
        nn.SpatialMaxUnpooling(pooling)


def test_an_unpooling_needs_the_forward_of_its_pooling(rng):
    net = network()
    y = rng.standard_normal((1, 2, 2))
    with pytest.raises(RuntimeError, match="call forward"):
        net[1].forward(y)
    net[0].forward(rng.standard_normal((1, 4, 4)))
    assert net[1].forward(y).shape == (1, 4, 4)
    with pytest.raises(
        ValueError, match=r"x has shape \(1, 1, 2, 2\), expected \(1, 2"
    ):
        net[1].forward(y[None])
    with pytest.raises(ValueError, match="dC_dy has shape"):
        net[1].backward(y, y)
    net.clear_state()
    with pytest.raises(RuntimeError, match="call forward"):
        net[1].forward(y)


def test_gradients_use_the_maxima_that_forward_used(rng):
    """Torch7 asked the pooling again, whose last forward may be another by then."""
    pooling, unpooling = network().modules
    x = rng.standard_normal((1, 4, 4))
    y = pooling(x)
    with pytest.raises(RuntimeError, match="forward"):
        unpooling.backward(y, x)
    unpooling.forward(y)
    pooling.forward(-x)
    assert_array_equal(unpooling.backward(y, x), y)
    assert_array_equal(unpooling.jvp(y, y).max(), y.max())


def test_curvature_comes_from_where_the_maxima_are():
    pooling = nn.SpatialMaxPooling(2, 1)
    unpooling = nn.SpatialMaxUnpooling(pooling)
    y = pooling.forward(np.array([[[1.0, 5.0, 7.0, 2.0]]])).copy()
    unpooling.forward(y)
    h = np.array([[[1.0, 2.0, 3.0, 4.0]]])
    assert_array_equal(unpooling.backward_diag_hessian(y, h), [[[2, 3]]])
