import numpy as np
import pytest

from nnmods.activations import ReLU, Tanh
from nnmods.containers import Concat, Sequential
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Flatten, Identity
from nnmods.testing import check_module


def linear(rows):
    rows = np.array(rows, float)
    module = Linear(rows.shape[1], rows.shape[0], bias=False)
    module.weight[...] = rows
    return module


def test_values_by_hand():
    net = Concat(1, linear([[1, 2]]), linear([[3, 0], [0, 5]]))
    x = np.array([[1.0, 1.0], [0.0, 2.0]])
    np.testing.assert_array_equal(net(x), [[3, 3, 5], [4, 0, 10]])
    net.forward(x)
    dC_dy = np.array([[1.0, 10.0, 100.0], [0.0, 0.0, 1.0]])
    np.testing.assert_array_equal(net.backprop(x, dC_dy), [[31, 502], [0, 5]])
    np.testing.assert_array_equal(net[0].grad_weight, [[1, 1]])
    np.testing.assert_array_equal(net[1].grad_weight, [[10, 10], [100, 102]])


@pytest.mark.parametrize("axis, wanted", [(0, (6, 4)), (-2, (6, 4)), (-1, (3, 8))])
def test_axes(axis, wanted, rng):
    net, x = Concat(axis, Identity(), Tanh()), rng.standard_normal((3, 4))
    y = net.forward(x)
    np.testing.assert_array_equal(y, np.concatenate([x, np.tanh(x)], axis))
    assert y.shape == wanted


def test_gradients_are_summed_in_its_own_memory():
    net, x, dC_dy = Concat(1, Identity(), Identity()), np.ones((1, 1)), np.ones((1, 2))
    net.forward(x)
    dC_dx = net.backward(x, dC_dy)
    np.testing.assert_array_equal(dC_dx, [[2]])
    np.testing.assert_array_equal(dC_dy, [[1, 1]])
    assert not np.shares_memory(dC_dx, dC_dy) and net.backward(x, dC_dy) is dC_dx


def test_buffers_are_reused():
    net, x = Concat(1, Tanh(), ReLU()), np.ones((2, 3))
    y = net.forward(x)
    assert net.forward(x) is y and net.y is y


def test_x_may_be_a_table():
    class First(Identity):
        def forward(self, x):
            return x[0]

        def backward(self, x, dC_dy):
            return [dC_dy, np.zeros_like(x[1])]

    net, x = Concat(0, First(), First()), [np.ones(2), np.ones(3)]
    assert net.forward(x).shape == (4,)
    first, second = net.backward(x, np.array([1.0, 2.0, 10.0, 20.0]))
    np.testing.assert_array_equal(first, [11, 22])
    np.testing.assert_array_equal(second, [0, 0, 0])


def test_no_children():
    with pytest.raises(
        ValueError, match=r"Concat\(1\): modules has 0 entries, expected"
    ):
        Concat(1).forward(np.ones((2, 3)))


def test_outputs_that_do_not_fit_together():
    net = Concat(1, Identity(), Sequential(Flatten()))
    with pytest.raises(
        ValueError, match=r"Concat: output of module 1 has shape \(2, 12"
    ):
        net.forward(np.ones((2, 3, 4)))
    with pytest.raises(
        ValueError, match=r"output of module 0 has shape \(3,\), expecte"
    ):
        Concat(1, Identity()).forward(np.ones(3))


def test_outputs_that_are_tables():
    with pytest.raises(
        TypeError, match="output of module 0 has type list, expected an"
    ):
        Concat(1, Identity()).forward([np.ones(3)])


def test_dC_dy_of_another_shape():
    net, x = Concat(1, Identity(), Identity()), np.ones((2, 3))
    net.forward(x)
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(2, 7\), expected \(2, 6\)"
    ):
        net.backward(x, np.ones((2, 7)))


def test_the_axis_must_be_an_integer():
    with pytest.raises(TypeError):
        Concat(Identity(), Identity())


def test_contract_of_one_child(rng):
    check_module(Concat(-1, Linear(4, 3)), rng.standard_normal((5, 4)))


def test_repr():
    assert repr(Concat(1)) == "Concat(1)"
    net = Concat(1, Linear(4, 3), Concat(-1, Tanh()))
    assert repr(net) == (
        "Concat(1,\n  (0): Linear(4 -> 3)\n  (1): Concat(-1,\n    (0): Tanh()\n  )\n)"
    )
