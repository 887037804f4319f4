import numpy as np
import pytest

from nnmods.containers import MapTable, MaskZero, Sequential, TrimZero
from nnmods.layers import Linear, Sum
from nnmods.testing.compare import EXACT


@pytest.mark.parametrize("cls", [MaskZero, TrimZero])
def test_samples_of_zeros_are_masked(cls, rng):
    net, x = cls(Linear(4, 3, rng=0), 1), rng.standard_normal((5, 4))
    linear, dC_dy = Linear(4, 3, rng=0), rng.standard_normal((5, 3))
    x[1::2] = 0
    for _ in range(2):  # Torch7's TrimZero has no backward that works
        net.zero_grad_params()
        y = net.forward(x)
        np.testing.assert_array_equal(y[1::2], 0)
        np.testing.assert_allclose(y[::2], linear.forward(x[::2]), EXACT)
        dC_dx = net.backprop(x, dC_dy)
        np.testing.assert_array_equal(dC_dx[1::2], 0)
        wanted = linear.backward(x[::2], dC_dy[::2])
        np.testing.assert_allclose(dC_dx[::2], wanted, EXACT)
        np.testing.assert_allclose(net[0].grad_bias, dC_dy[::2].sum(axis=0), EXACT)
        dy = net.jvp(x, np.ones((5, 4)))
        np.testing.assert_array_equal(dy[1::2], 0)
        np.testing.assert_allclose(dy[0], linear.weight.sum(axis=1), EXACT)
        np.testing.assert_array_equal(net(np.zeros((2, 4))), np.zeros((2, 3)))
        np.testing.assert_array_equal(net(np.zeros(4)), np.zeros(3))
        assert net(x[0]).any()
    with pytest.raises(
        ValueError, match=r"x has shape \(1, 1, 4\), expected 1 axes, or"
    ):
        net.forward(np.ones((1, 1, 4)))


@pytest.mark.parametrize("cls", [MaskZero, TrimZero])
def test_tables_of_samples_of_zeros(cls, rng):
    net, x = cls(MapTable(Linear(4, 3, rng=0)), 1), list(rng.standard_normal((2, 5, 4)))
    x[0][2] = 0
    y = net.forward(x)
    dC_dx = net.backprop(x, y)
    for got, value in zip(y, net[0](x), strict=True):
        np.testing.assert_array_equal(got[2], 0)
        np.testing.assert_allclose(got[[0, 1, 3, 4]], value[[0, 1, 3, 4]], EXACT)
    assert all(not d[2].any() and d[3].any() for d in dC_dx)


@pytest.mark.parametrize("cls", [MaskZero, TrimZero])
def test_a_row_for_each_sample(cls, rng):
    net, x = cls(MapTable(Linear(4, 3, rng=0)), 1), list(rng.standard_normal((2, 5, 4)))
    x[0][2] = 0
    name = r"x\[1\]" if cls is TrimZero else "y"
    with pytest.raises(ValueError, match=rf"{name} has shape \(2, .*expected 5 rows"):
        net.forward([x[0], x[1][:2]])
    assert net(x)[1].shape == (5, 3)
    with pytest.raises(ValueError, match=f"{cls.__name__}: n_input_dim is -1"):
        cls(Linear(4, 3), -1)


def test_results_without_a_row_for_each_sample(rng):
    x = rng.standard_normal((5, 4))
    x[2] = 0
    with pytest.raises(ValueError, match=r"y has shape \(3,\), expected 4 rows"):
        TrimZero(Sequential(Linear(4, 3), Sum(0)), 1).forward(x)
