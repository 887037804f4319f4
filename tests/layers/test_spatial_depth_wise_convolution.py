import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


def test_order_of_the_channels_by_hand():
    conv = nn.SpatialDepthWiseConvolution(2, 3, 1, 1, rng=0)
    conv.weight[...] = np.reshape([1.0, 2, 10, 20, 100, 200], (3, 2, 1, 1))
    conv.bias[...] = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
    x = np.array([1.0, -1.0]).reshape(2, 1, 1)
    y = conv.forward(x).ravel()
    assert_allclose(y, [1.1, 10.3, 100.5, -1.8, -19.6, -199.4], rtol=1e-14)
    dC_dy = np.arange(6.0).reshape(6, 1, 1)
    dC_dx = conv.backward(x, dC_dy).ravel()
    assert_array_equal(dC_dx, [0 + 10 + 200, 6 + 80 + 1000])
    conv.acc_grad_params(x, dC_dy, scale=2)
    assert_array_equal(conv.grad_weight.reshape(3, 2), [[0, -6], [2, -8], [4, -10]])
    assert_array_equal(conv.grad_bias, [[0, 6], [2, 8], [4, 10]])


def test_height_is_height_in_an_image_that_is_not_square(rng):
    """Torch7 read such an image as one of W x H, and refused its own output's slope."""
    conv = nn.SpatialDepthWiseConvolution(2, 3, 3, 2, 2, 1, 1, 0, rng=0)
    x = rng.standard_normal((4, 2, 5, 6))
    y = conv.forward(x)
    assert y.shape == (4, 6, 4, 3)
    dC_dy = rng.standard_normal(y.shape)
    dC_dx = conv.backprop(x, dC_dy)
    for i in range(2):
        plain = nn.SpatialConvolution(1, 3, 3, 2, 2, 1, 1, 0, rng=0)
        plain.weight[:, 0] = conv.weight[:, i]
        plain.bias[...] = conv.bias[:, i]
        part, own = x[:, i : i + 1], slice(3 * i, 3 * i + 3)
        assert_allclose(y[:, own], plain.forward(part), rtol=1e-12, atol=1e-13)
        wanted = plain.backprop(part, dC_dy[:, own])
        assert_allclose(dC_dx[:, i : i + 1], wanted, rtol=1e-12, atol=1e-13)
        assert_allclose(conv.grad_weight[:, i], plain.grad_weight[:, 0], rtol=1e-11)
        assert_allclose(conv.grad_bias[:, i], plain.grad_bias, rtol=1e-12)


def test_without_bias(rng):
    conv = nn.SpatialDepthWiseConvolution(2, 3, 2, rng=0)
    x = rng.standard_normal((2, 4, 5))
    wanted = conv(x) - conv.bias.T.reshape(6, 1, 1)
    assert_allclose(conv.no_bias()(x), wanted, rtol=1e-12, atol=1e-13)
    assert repr(conv) == "SpatialDepthWiseConvolution(2 -> 6, 2x2, bias=False)"


def test_refused():
    with pytest.raises(ValueError, match="multiplier is -1, expected 0 or more"):
        nn.SpatialDepthWiseConvolution(2, -1, 3)
    conv = nn.SpatialDepthWiseConvolution(2, 3, 3, 3, rng=0)
    with pytest.raises(ValueError, match=r"x has shape \(3, 5, 5\), expected \(2, \*"):
        conv.forward(np.ones((3, 5, 5)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2, 3, 3\), expected \(6,"):
        conv.backward(np.ones((2, 5, 5)), np.ones((2, 3, 3)))


@pytest.mark.parametrize("options", [{}, {"stride": (2, 1), "padding": 1}])
def test_equals_pytorch(options, rng):
    torch = pytest.importorskip("torch")
    conv = nn.SpatialDepthWiseConvolution(3, 2, kernel_size=(2, 3), rng=0, **options)
    x = rng.standard_normal((2, 3, 5, 7))
    weight = torch.tensor(conv.weight.swapaxes(0, 1).reshape(6, 1, 2, 3))
    bias = torch.tensor(conv.bias.T.reshape(6))
    inputs = torch.tensor(x, requires_grad=True)
    weight.requires_grad_()
    outputs = torch.nn.functional.conv2d(inputs, weight, bias, groups=3, **options)
    y = conv.forward(x)
    assert_allclose(y, outputs.detach().numpy(), rtol=1e-11, atol=1e-12)
    dC_dy = rng.standard_normal(y.shape)
    outputs.backward(torch.from_numpy(dC_dy))
    assert_allclose(
        conv.backprop(x, dC_dy), inputs.grad.numpy(), rtol=1e-10, atol=1e-12
    )
    got = conv.grad_weight.swapaxes(0, 1).reshape(6, 1, 2, 3)
    assert_allclose(got, weight.grad.numpy(), rtol=1e-10, atol=1e-12)
