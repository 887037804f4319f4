import numpy as np
import pytest

from nnmods.containers import Concat, DepthConcat
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity
from nnmods.layers.table import SelectTable


def first_and_second(axis):
    return DepthConcat(axis, SelectTable(0), SelectTable(1))


@pytest.mark.parametrize(
    "n, m, start", [(5, 3, 1), (9, 5, 2), (9, 4, 2), (4, 1, 1), (3, 3, 0), (2, 0, 1)]
)
def test_the_smaller_one_is_centred(n, m, start):
    x = [np.ones((1, n, n)), np.full((2, m, n), 2.0)]
    net = first_and_second(0)
    for _ in range(2):
        y = net.forward(x)
        wanted = np.zeros((3, n, n))
        wanted[0], wanted[1:, start : start + m] = 1, 2
        np.testing.assert_array_equal(y, wanted)
        y[...] = 7  # what lies around is 0 again in the next call
    dC_dy = np.arange(3.0 * n * n).reshape(3, n, n)
    net.forward(x)
    first, second = net.backward(x, dC_dy)
    np.testing.assert_array_equal(first, dC_dy[:1])
    np.testing.assert_array_equal(second, dC_dy[1:, start : start + m])


@pytest.mark.parametrize("axis", [1, -2])
def test_a_batch(axis):
    x = [np.ones((2, 1, 2)), np.ones((2, 3, 5))]
    y = first_and_second(axis)(x)
    np.testing.assert_array_equal(y[0], [[0, 1, 1, 0, 0]] + [[1] * 5] * 3)


def test_equal_sizes_are_joined_as_in_concat(rng):
    x = rng.standard_normal((3, 4))
    children = Linear(4, 2, rng=0), Linear(4, 5, rng=1)
    wanted = Concat(1, *children)(x)
    np.testing.assert_array_equal(DepthConcat(1, *children)(x), wanted)


def test_scale_is_honoured(rng):
    """Torch7 ignores it."""
    net, x = DepthConcat(1, Linear(4, 2, rng=0)), rng.standard_normal((3, 4))
    net.forward(x)
    net.backprop(x, np.ones((3, 2)))
    once = net[0].grad_weight.copy()
    net.zero_grad_params()
    net.backprop(x, np.ones((3, 2)), 0.5)
    np.testing.assert_allclose(net[0].grad_weight, 0.5 * once)


def test_errors():
    with pytest.raises(
        ValueError, match=r"DepthConcat\(0\): modules has 0 entries, exp"
    ):
        DepthConcat(0).forward(np.ones(3))
    with pytest.raises(
        ValueError, match=r"module 0 has shape \(3,\), expected an axis 1"
    ):
        DepthConcat(1, Identity()).forward(np.ones(3))
    with pytest.raises(ValueError, match=r"module 1 has shape \(3,\), expected 2 axes"):
        first_and_second(0).forward([np.ones((1, 3)), np.ones(3)])
    net, x = first_and_second(0), [np.ones(3), np.ones(2)]
    net.forward(x)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(4,\), expected \(5,\)"):
        net.backward(x, np.ones(4))


def test_repr():
    assert repr(DepthConcat(1, Identity())) == "DepthConcat(1,\n  (0): Identity()\n)"
