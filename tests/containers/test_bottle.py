import numpy as np
import pytest

from nnmods.activations import Tanh
from nnmods.containers import Bottle, Sequential
from nnmods.core import Module
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Flatten
from nnmods.layers.table import JoinTable, SelectTable, SplitTable
from nnmods.testing import check_module


@pytest.mark.parametrize("lead", [(), (5,), (2, 5), (2, 3, 5), (0, 5), (2, 0)])
def test_leading_axes_are_one_for_the_module(lead, rng):
    linear = Linear(4, 3, rng=0)
    net, x = Bottle(linear), rng.standard_normal((*lead, 4))
    dC_dy = rng.standard_normal((*lead, 3))
    y = net.forward(x)
    np.testing.assert_allclose(y, x @ linear.weight.T + linear.bias, 1e-12)
    np.testing.assert_allclose(net.backprop(x, dC_dy), dC_dy @ linear.weight, 1e-12)
    wanted = dC_dy.reshape(-1, 3).sum(axis=0)
    np.testing.assert_allclose(linear.grad_bias, wanted, 1e-12, 1e-12)


def test_another_number_of_axes_of_the_output(rng):
    net = Bottle(Sequential(Flatten(), Linear(6, 2, rng=0)), 3, 2)
    x = rng.standard_normal((4, 5, 2, 3))
    y = net.forward(x)
    assert y.shape == (4, 5, 2)
    assert net.backward(x, y).shape == x.shape
    wanted = net[0](x.reshape(20, 2, 3)).reshape(4, 5, 2)
    np.testing.assert_array_equal(net(x), wanted)


def test_a_module_that_changes_the_length_of_the_batch():
    """As long as the new length unfolds, it takes the place of the last axis folded."""
    twice = Sequential(SplitTable(1), JoinTable(0))  # (n, 2) to (2 n,)
    net, x = Bottle(twice, 2, 1), np.arange(12.0).reshape(3, 2, 2)
    assert net.forward(x).shape == (3, 4)
    with pytest.raises(ValueError, match=r"shape \(1,\), expected a multiple of 3 fir"):
        Bottle(Sequential(SplitTable(1), SelectTable(0), OfOne()), 2, 1).forward(x)


class OfOne(Module):
    def forward(self, x):
        return x[:1]


def test_memory_of_any_order(rng):
    net, x = Bottle(Linear(4, 3, rng=0)), rng.standard_normal((4, 5, 2))
    turned, dC_dy = (
        x.transpose(2, 1, 0),
        rng.standard_normal((3, 5, 2)).transpose(2, 1, 0),
    )
    wanted = net(turned.copy())
    np.testing.assert_allclose(net.forward(turned), wanted, 1e-12)
    dC_dx = net.backward(turned, dC_dy)
    assert net.forward(turned) is not None and net.backward(turned, dC_dy) is not dC_dy
    np.testing.assert_allclose(dC_dx, dC_dy @ net[0].weight, 1e-12)
    check_module(net, turned)


def test_tangents_leave_values_alone(rng):
    net = Bottle(Sequential(Linear(4, 3, rng=0), Tanh()))
    x = rng.standard_normal((4, 5, 2)).T  # copied, as it cannot be a view
    dC_dy = rng.standard_normal((2, 5, 3))
    net.forward(x)
    wanted = net.backward(x, dC_dy).copy()
    net.jvp(x, rng.standard_normal(x.shape))
    np.testing.assert_array_equal(net.backward(x, dC_dy), wanted)


def test_errors():
    net = Bottle(Sequential(Flatten(), Linear(6, 2)), 3)
    with pytest.raises(
        ValueError, match=r"module 0 has shape \(20, 2\), expected \(\*, "
    ):
        net.forward(np.ones((4, 5, 2, 3)))
    with pytest.raises(TypeError, match="output of module 0 is a table of 2, expect"):
        Bottle(SplitTable(1)).forward(np.ones((3, 2, 2)))
    net, x = Bottle(Linear(4, 3)), np.ones((2, 5, 4))
    net.forward(x)
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(10, 3\), expected \(2, 5, 3"
    ):
        net.backward(x, np.ones((10, 3)))
    with pytest.raises(TypeError, match="x is a table of 1, expected an array"):
        Bottle(SelectTable(0)).forward([x])
    with pytest.raises(
        ValueError, match="Bottle: n_output_dim is 0, expected at least"
    ):
        Bottle(Tanh(), 2, 0)


def test_repr():
    assert repr(Bottle(Tanh())) == "Bottle(\n  (0): Tanh()\n)"
    assert repr(Bottle(Tanh(), 3)) == "Bottle(3,\n  (0): Tanh()\n)"
    assert repr(Bottle(Tanh(), 2, 3)) == "Bottle(2, 3,\n  (0): Tanh()\n)"
