import numpy as np
import pytest

import nnmods as nn
from nnmods.layers import Maxout


def by_hand(preprocess=None):
    module = Maxout(1, 2, 2, preprocess, rng=0)
    module.linear.weight[...] = [[1], [1], [-1], [1]]  # two maps of two outputs
    module.linear.bias[...] = 0
    return module


def test_values_by_hand():
    """The second output has two equal maps: the first gets the gradient."""
    module, x, dC_dy = by_hand(), np.array([[-3.0]]), np.array([[1.0, 10.0]])
    np.testing.assert_array_equal(module.forward(x), [[3, -3]])
    np.testing.assert_array_equal(module.backward(x, dC_dy), [[9]])
    module.acc_grad_params(x, dC_dy, 0.5)
    np.testing.assert_array_equal(module.linear.grad_bias, [0, 5, 0.5, 0])


def test_one_sample():
    np.testing.assert_array_equal(by_hand().forward(np.array([-3.0])), [3, -3])


def test_a_child_before_the_largest():
    module, x = by_hand(nn.Tanh()), np.array([[-3.0]])
    np.testing.assert_allclose(module.forward(x), np.tanh([[3, -3]]))
    slope = 1 - np.tanh(3) ** 2
    np.testing.assert_allclose(module.backward(x, np.ones((1, 2))), [[0 * slope]])
    assert repr(module) == "Maxout(1 -> 2, 2, preprocess=Tanh())"


def test_parameters_of_the_child_come_after_its_own():
    module = Maxout(4, 3, 2, nn.Linear(3, 3))
    names = [name for name, _, _ in module.named_parameters()]
    own = ["linear.weight", "linear.bias"]
    assert names == [*own, "preprocess.weight", "preprocess.bias"]
    assert not module.evaluate().preprocess.train


def test_as_a_network_of_parts():
    rng = np.random.default_rng(0)
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    module = Maxout(4, 3, 2, rng=0)
    net = nn.Sequential(nn.Linear(4, 6, rng=0), nn.View(2, 3), nn.Max(1))
    np.testing.assert_array_equal(module.forward(x), net.forward(x))
    np.testing.assert_array_equal(module.backprop(x, dC_dy), net.backprop(x, dC_dy))
    for a, b in zip(module.parameters()[1], net.parameters()[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_refused():
    with pytest.raises(
        ValueError, match=r"x has shape \(1, 1, 1\), expected \(\*, 1\)"
    ):
        by_hand().forward(np.ones((1, 1, 1)))
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(1, 3\), expected \(1, 2\)"
    ):
        by_hand().backward(np.ones((1, 1)), np.ones((1, 3)))
    with pytest.raises(ValueError, match="max_number is 0, expected 1 or more"):
        Maxout(1, 1, 0)
    with pytest.raises(TypeError, match="preprocess has type int, expected a Module"):
        Maxout(1, 1, 1, 3)
