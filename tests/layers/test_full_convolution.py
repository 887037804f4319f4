"""Full convolution: the transpose, the size of y, and a target's size."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


def test_by_hand():
    up = nn.SpatialFullConvolution(1, 1, 2, 1, 1, 1, rng=0)
    up.weight[...] = [[[[2.0, 1.0]]]]
    up.bias[...] = 0.5
    x, dC_dy = np.array([[[1.0, 3]]]), np.array([[[1.0, -1, 10]]])
    assert_array_equal(up.forward(x), [[[2.5, 7.5, 3.5]]])  # 2, 1 + 6, 3
    assert_array_equal(up.backward(x, dC_dy), [[[1, 8]]])
    up.acc_grad_params(x, dC_dy)
    assert_array_equal(up.grad_weight, [[[[-2, 29]]]])  # 1 - 3, -1 + 30
    assert_array_equal(up.grad_bias, [10])


def test_stride_padding_and_adjustment_by_hand():
    up = nn.SpatialFullConvolution(1, 1, 3, 1, 2, 1, 1, 0, 1, 0, bias=False, rng=0)
    up.weight[...] = [[[[1.0, 10, 100]]]]
    # Spread: 1 10 100+2 20 200 and an added 0; the padding cuts one entry at each end.
    assert_array_equal(up.forward(np.array([[[1.0, 2]]])), [[[10, 102, 20, 200]]])


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("axes", [2, 3])
def test_is_the_transpose_of_the_convolution(axes, groups, rng):
    plain, full = {
        2: (nn.SpatialConvolution, nn.SpatialFullConvolution),
        3: (nn.VolumetricConvolution, nn.VolumetricFullConvolution),
    }[axes]
    options = {
        "kernel_size": (3, 2, 3)[:axes],
        "stride": (2, 3, 1)[:axes],
        "padding": (1, 0, 2)[:axes],
        "dilation": (1, 2, 2)[:axes],
        "groups": groups,
        "bias": False,
        "rng": 0,
    }
    down = plain(4, 6, **options)
    x = rng.standard_normal((2, 4, *(8, 9, 7)[:axes]))
    y = down(x)
    up = full(6, 4, **options)
    up.weight[...] = down.weight
    back = up([y, x])
    assert back.shape == x.shape
    assert_allclose(back, down.backward(x, y), rtol=1e-12, atol=1e-13)
    assert_allclose(up.backward([y, x], x)[0], y, rtol=1e-12, atol=1e-13)


def test_the_target_alone_decides_the_size():
    up = nn.SpatialFullConvolution(2, 3, 3, 3, 2, 3, 1, 1, rng=0)
    x = np.ones((2, 2, 4, 5))
    assert up(x).shape == (2, 3, 10, 9)
    for target in ((12, 10), (7, 1, 12, 10), (2, 4, 3, 12, 10)):
        assert up([x, np.ones(target)]).shape == (2, 3, 12, 10)
    # Torch7 takes of the target what the stride leaves over, wherever that ends.
    assert up([x, np.ones((30, 2))]).shape == (2, 3, 12, 10)
    assert up(x).shape == (2, 3, 10, 9)  # nothing stays behind


def test_gradient_of_the_target_is_zero(rng):
    up = nn.SpatialFullConvolution(2, 3, 2, 2, 2, 2, rng=0)
    x = [rng.standard_normal((2, 3, 4)).astype(np.float32), np.full((1, 7, 8), np.nan)]
    y = up.forward(x)
    assert y.shape == (3, 7, 8)
    slope = up.backward(x, y)
    assert [part.shape for part in slope] == [(2, 3, 4), (1, 7, 8)]
    slope[1][...] = 5  # someone else's business
    assert not up.backward(x, y)[1].any()
    up.backprop(x, y)
    assert up.grad_weight.any()


@pytest.mark.parametrize("make", [nn.SpatialFullConvolution])
def test_refused(make):
    with pytest.raises(ValueError, match=r"output_padding is \(0, 1\), expected less"):
        make(1, 1, 3, 3, 1, 1, 0, 0, 1)
    with pytest.raises(ValueError, match=r"output_padding is \(2, 0\), expected less"):
        make(1, 1, 3, 3, 2, 2, 0, 0, 0, 2)
    up = make(2, 1, 2, 2, 1, 1, 2, 2, rng=0)
    x = np.ones((2, 2, 3))
    with pytest.raises(ValueError, match=r"gives y the size \(-1, 0\), expected at"):
        up.forward(x)
    with pytest.raises(ValueError, match=r"x has spatial size \(0, 9\)"):
        make(2, 1, 9, 9, rng=0).forward(np.ones((2, 0, 9)))
    with pytest.raises(ValueError, match="x has 3 entries, expected 2"):
        up.forward([x, x, x])
    with pytest.raises(ValueError, match=r"x\[1\] has shape \(3,\), expected"):
        up.forward([x, np.ones(3)])
    with pytest.raises(TypeError, match=r"x\[1\] has type tuple|x\[1\] is a list"):
        up.forward([x, (4, 4)])
    with pytest.raises(TypeError, match="dx has shape"):
        make(2, 1, 2, 2, rng=0).jvp([x, x], x)


def test_volumes_take_width_before_height():
    up = nn.VolumetricFullConvolution(2, 3, 3, 5, 4, 2, 3, 4, 0, 1, 2, 1, 2, 3, rng=0)
    assert up.weight.shape == (2, 3, 3, 4, 5)
    assert up.stride == (2, 4, 3) and up.padding == (0, 2, 1)
    assert up.output_padding == (1, 3, 2)
    assert up(np.ones((2, 2, 2, 2))).shape == (3, 6, 7, 8)
