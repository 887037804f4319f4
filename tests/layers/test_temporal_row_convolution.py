import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


def test_by_hand():
    conv = nn.TemporalRowConvolution(2, 2, rng=0)
    conv.weight[:, 0] = [[1, 2], [10, 20]]
    conv.bias[...] = [0.5, 0.25]
    x = np.array([[1.0, 4], [2, 5], [3, 6]])  # three frames of two features
    assert_array_equal(conv.forward(x), [[5.5, 140.25], [8.5, 170.25]])
    dC_dy = np.array([[1.0, 0], [0, 1]])
    assert_array_equal(conv.backward(x, dC_dy), [[1, 0], [2, 10], [0, 20]])
    conv.acc_grad_params(x, dC_dy, scale=2)
    assert_array_equal(conv.grad_weight[:, 0], [[2, 4], [10, 12]])
    assert_array_equal(conv.grad_bias, [2, 2])


@pytest.mark.parametrize("shape", [(7, 3), (4, 7, 3)])
@pytest.mark.parametrize("stride", [1, 3])
def test_features_first_or_last(shape, stride, rng):
    last = nn.TemporalRowConvolution(3, 2, stride, rng=0)
    first = nn.TemporalRowConvolution(3, 2, stride, True, rng=0)
    x = rng.standard_normal(shape)
    y = last.forward(x)
    assert y.shape == (*shape[:-2], (7 - 2) // stride + 1, 3)
    dC_dy = rng.standard_normal(y.shape)
    turn = lambda a: a.swapaxes(-1, -2)  # noqa: E731
    assert_allclose(turn(first.forward(turn(x))), y, 1e-13)
    dC_dx = first.backprop(turn(x), turn(dC_dy))
    assert_allclose(turn(dC_dx), last.backprop(x, dC_dy), 1e-13, 1e-14)
    assert_allclose(first.grad_weight, last.grad_weight, 1e-12)
    assert_allclose(first.grad_bias, last.grad_bias, 1e-12)


def test_each_feature_is_a_correlation(rng):
    conv, x = nn.TemporalRowConvolution(3, 4, rng=0), rng.standard_normal((9, 3))
    y = conv(x)
    for f in range(3):
        wanted = np.correlate(x[:, f], conv.weight[f, 0], "valid") + conv.bias[f]
        assert_allclose(y[:, f], wanted, 1e-12)


def test_initial_values_count_all_features():
    """Torch7's bound is 1/sqrt(kw * features), though a feature sees kw frames only."""
    conv = nn.TemporalRowConvolution(100, 4, rng=0)
    assert 0.045 < np.abs(conv.weight).max() <= 0.05


def test_repr_and_no_bias():
    conv = nn.TemporalRowConvolution(3, 2, 2, True)
    assert repr(conv) == "TemporalRowConvolution(3, 2, stride=2, feat_first=True)"
    assert conv.no_bias() is conv and len(conv.parameters()[0]) == 1
    assert repr(conv).endswith("bias=False)")
    conv.reset(0)  # Torch7 has no reset then


def test_refused():
    conv = nn.TemporalRowConvolution(3, 4)
    with pytest.raises(ValueError, match=r"x has shape \(3, 5\), expected \(\*, 3\)"):
        conv.forward(np.ones((3, 5)))
    with pytest.raises(
        ValueError, match=r"x has spatial size \(3,\), expected at leas"
    ):
        conv.forward(np.ones((3, 3)))
    with pytest.raises(ValueError, match=r"x has shape \(5, 3\), expected \(3, \*\)"):
        nn.TemporalRowConvolution(3, 4, None, True).forward(np.ones((5, 3)))
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(3, 2\), expected \(2, 3\)"
    ):
        conv.backward(np.ones((5, 3)), np.ones((3, 2)))
