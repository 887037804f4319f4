import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


def test_by_hand():
    conv = nn.SpatialConvolutionLocal(1, 1, 3, 1, 2, 1, rng=0)
    assert conv.weight.shape == (1, 2, 1, 1, 1, 2)
    conv.weight[...] = np.reshape([1.0, 2, 10, 20], conv.weight.shape)
    conv.bias[...] = [[[0.5, 0.25]]]
    x = np.array([[[1.0, 2, 3]]])
    assert_array_equal(conv.forward(x).ravel(), [5.5, 80.25])
    dC_dy = np.array([[[1.0, -1]]])
    assert_array_equal(conv.backward(x, dC_dy).ravel(), [1, 2 - 10, -20])
    conv.acc_grad_params(x, dC_dy, scale=2)
    assert_array_equal(conv.grad_weight.ravel(), [2, 4, -4, -6])
    assert_array_equal(conv.grad_bias.ravel(), [2, -2])


GEOMETRIES = {
    "plain": {"kernel_size": (2, 3)},
    "padded": {"kernel_size": 3, "padding": (1, 2)},
    "strided": {"kernel_size": (3, 2), "stride": (2, 3), "padding": 1},
    "dilated": {"kernel_size": 2, "dilation": (1, 3)},
    "whole image": {"kernel_size": (5, 6)},
}


@pytest.mark.parametrize("name", GEOMETRIES)
def test_equal_weights_everywhere_make_a_convolution(name, rng):
    local = nn.SpatialConvolutionLocal(2, 3, 6, 5, **GEOMETRIES[name], rng=0)
    conv = nn.SpatialConvolution(2, 3, **GEOMETRIES[name], rng=0)
    local.weight[...] = conv.weight
    local.bias[...] = conv.bias[:, None, None]
    x = rng.standard_normal((4, 2, 5, 6))
    y = local.forward(x)
    assert_allclose(y, conv.forward(x), 1e-12, 1e-13)
    dC_dy = rng.standard_normal(y.shape)
    dC_dx = local.backprop(x, dC_dy)
    assert_allclose(dC_dx, conv.backprop(x, dC_dy), 1e-12, 1e-13)
    assert_allclose(local.grad_weight.sum(axis=(0, 1)), conv.grad_weight, 1e-11)
    assert_allclose(local.grad_bias, dC_dy.sum(axis=0), 1e-12, 1e-13)


def test_each_position_has_its_own_weights(rng):
    conv = nn.SpatialConvolutionLocal(2, 3, 6, 5, 2, 3, 3, 2, 1, 0, rng=0)
    x = rng.standard_normal((4, 2, 5, 6))
    image = np.pad(x, ((0, 0), (0, 0), (0, 0), (1, 1)))
    y = conv(x)
    assert y.shape == (4, 3, 2, 3)
    for i, j in np.ndindex(2, 3):
        window = image[:, :, 2 * i : 2 * i + 3, 3 * j : 3 * j + 2]
        wanted = np.einsum("nckl,ockl->no", window, conv.weight[i, j])
        assert_allclose(y[:, :, i, j], wanted + conv.bias[:, i, j], 1e-12)


def test_padding_and_sizes_as_torch7_reads_them():
    conv = nn.SpatialConvolutionLocal(1, 1, 5, 4, 3, 3, 1, 1, 1)
    assert conv.padding == (1, 1) and conv.input_size == (4, 5)
    conv = nn.SpatialConvolutionLocal(1, 1, 5, 4, 3, 2, 2, 1, 1, 0)
    assert repr(conv) == (
        "SpatialConvolutionLocal(1 -> 1, 4x5, 2x3, stride=(1, 2), padding=(0, 1))"
    )
    assert "bias=False" in repr(conv.no_bias())


def test_refused():
    with pytest.raises(TypeError, match="input_size is missing"):
        nn.SpatialConvolutionLocal(2, 3, kernel_size=3)
    with pytest.raises(ValueError, match=r"kernel_size is \(5, 5\), expected windows"):
        nn.SpatialConvolutionLocal(2, 3, 4, 6, 5)
    conv = nn.SpatialConvolutionLocal(2, 3, 5, 4, 3, 2, rng=0)
    with pytest.raises(
        ValueError, match=r"x has shape \(2, 5, 4\), expected \(2, 4, 5"
    ):
        conv.forward(np.ones((2, 5, 4)))
    with pytest.raises(ValueError, match=r"dC_dy has shape .*expected \(7, 3, 3, 3\)"):
        conv.backward(np.ones((7, 2, 4, 5)), np.ones((7, 3, 3, 4)))
