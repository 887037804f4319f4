import numpy as np
import pytest

from nnmods.activations import ReLU
from nnmods.containers import ParallelTable
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity


def test_values_by_hand():
    net, x = (
        ParallelTable(Identity(), ReLU()),
        [np.array([-1.0]), np.array([-2.0, 2.0])],
    )
    a, b = net(x)
    np.testing.assert_array_equal(a, [-1])
    np.testing.assert_array_equal(b, [0, 2])
    net.forward(x)
    a, b = net.backward(x, [np.array([5.0]), np.array([6.0, 7.0])])
    np.testing.assert_array_equal(a, [5])
    np.testing.assert_array_equal(b, [0, 7])


def test_tuples_and_nested_tables():
    net = ParallelTable(Identity(), ParallelTable(Identity()))
    x = (np.ones(1), (np.ones(2),))
    a, [b] = net.forward(x)
    assert a is x[0] and b is x[1][0]
    a, [b] = net.backward(x, x)
    assert a is x[0] and b is x[1][0]


def test_no_children():
    net = ParallelTable()
    assert net.forward([]) == [] and net.backward([], []) == []


def test_input_grad_false():
    net, x = ParallelTable(Linear(2, 1), Linear(2, 1)), [np.ones((3, 2))] * 2
    dC_dy = [np.ones((3, 1)), np.full((3, 1), 2.0)]
    net.forward(x)
    assert net.backprop(x, dC_dy, 0.5, input_grad=False) is None
    np.testing.assert_array_equal(net[0].grad_bias, [1.5])
    np.testing.assert_array_equal(net[1].grad_weight, [[3, 3]])


def test_lengths_and_types():
    net, x = ParallelTable(Identity(), Identity()), [np.ones(2)] * 2
    with pytest.raises(ValueError, match="x has 3 entries, expected 2"):
        net.forward([np.ones(2)] * 3)
    with pytest.raises(TypeError, match=r"x has shape \(2, 2\), expected a table"):
        net.forward(np.ones((2, 2)))
    net.forward(x)
    with pytest.raises(ValueError, match="dC_dy has 1 entries, expected 2"):
        net.backward(x, x[:1])
