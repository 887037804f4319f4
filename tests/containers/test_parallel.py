import numpy as np
import pytest

from nnmods.activations import Tanh
from nnmods.containers import Parallel
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity
from nnmods.testing import check_module


def test_values_by_hand():
    double, sum_ = Linear(2, 2, bias=False), Linear(2, 1, bias=False)
    double.weight[...], sum_.weight[...] = [[2, 0], [0, 2]], [[1, 1]]
    net = Parallel(1, 1, double, sum_)
    x = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])
    np.testing.assert_array_equal(net(x), [[2, 4, 7], [10, 12, 15]])
    net.forward(x)
    dC_dx = net.backprop(x, np.array([[1.0, 10.0, 100.0], [0.0, 0.0, 1.0]]))
    np.testing.assert_array_equal(dC_dx, [[[2, 20], [100, 100]], [[0, 0], [1, 1]]])
    np.testing.assert_array_equal(sum_.grad_weight, [[307, 408]])


@pytest.mark.parametrize("input_axis", [0, 1, 2, -1, -3])
def test_slices_along_any_axis(input_axis, rng):
    x = rng.standard_normal((3, 3, 3))
    net = Parallel(input_axis, -1, Identity(), Tanh(), Identity())
    a, b, c = np.moveaxis(x, input_axis, 0)
    y = net.forward(x)
    np.testing.assert_array_equal(y, np.concatenate([a, np.tanh(b), c], -1))
    dC_dy = rng.standard_normal(y.shape)
    dC_dx = np.moveaxis(net.backward(x, dC_dy), input_axis, 0)
    np.testing.assert_array_equal(dC_dx[0], dC_dy[:, :3])
    np.testing.assert_array_equal(dC_dx[2], dC_dy[:, 6:])


def test_x_must_be_as_long_as_there_are_children():
    net = Parallel(1, 0, Identity(), Identity())
    wanted = r"Parallel: x has shape \(4, 3\), expected 2 along axis 1, one for each"
    with pytest.raises(ValueError, match=wanted):
        net.forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"x has shape \(2,\), expected an axis 1"):
        net.forward(np.ones(2))
    with pytest.raises(TypeError, match="x is a table of 2, expected an array"):
        net.forward([np.ones(2)] * 2)


def test_no_children():
    with pytest.raises(ValueError, match=r"Parallel\(0, 0\): modules has 0 entries"):
        Parallel(0, 0).forward(np.ones((0, 3)))


def test_contract_with_the_last_axis(rng):
    net = Parallel(-1, -1, Linear(3, 3), Linear(3, 4))
    check_module(net, rng.standard_normal((5, 3, 2)))


def test_repr():
    net = Parallel(1, -1, Identity(), Tanh())
    assert repr(net) == "Parallel(1, -1,\n  (0): Identity()\n  (1): Tanh()\n)"
