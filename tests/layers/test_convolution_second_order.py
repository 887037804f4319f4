"""Second derivatives and single examples of the convolutions, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


def test_a_convolution_by_hand():
    """y[o] = 2 x[o] - x[o + 1]."""
    conv = nn.SpatialConvolution(1, 1, kernel_size=(1, 2), rng=0)
    conv.weight[...] = [[[[2, -1]]]]
    x, g = np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[1.0, 10.0]]]])
    dx = np.array([[[[1.0, 0.0, 1.0]]]])
    dparams = [np.array([[[[1.0, 5.0]]]]), np.array([100.0])]
    conv.forward(x)
    assert_array_equal(conv.hvp(x, g, dx, dparams)[0, 0, 0], [1, 15, 50])
    assert_array_equal(conv.grad_weight[0, 0, 0], [1, 10])
    assert_array_equal(conv.grad_bias, [0])
    conv.zero_grad_params()
    assert_array_equal(conv.backward_diag_hessian(x, g)[0, 0, 0], [4, 41, 10])
    conv.acc_diag_hessian_params(x, g)
    assert_array_equal(conv.grad_weight[0, 0, 0], [1 + 40, 4 + 90])
    assert_array_equal(conv.grad_bias, [11])
    weight, bias = conv.per_example_grads(x, g)
    assert_array_equal(weight[0, 0, 0, 0], [21, 32])
    assert_array_equal(bias, [[11]])
    assert_array_equal(conv.per_example_sq_norms(x, g), [21**2 + 32**2 + 11**2])


@pytest.mark.parametrize("channels, size", [(24, 3), (2, 11)])
def test_squares_take_no_fast_algorithm(channels, size, rng):
    """Tiles and Fourier transforms leave rounding of any sign where nothing comes."""
    setting = {"kernel_size": size, "padding": size // 2}
    conv = nn.SpatialConvolution(channels, channels, **setting, rng=0).float()
    x = rng.standard_normal((2, channels, 16, 16)).astype(np.float32)
    h = np.zeros_like(x)
    h[:, :, ::12, ::12] = 1
    conv.forward(x)
    dC_dx = conv.backward(x, h)
    before = dC_dx.copy()
    found = conv.backward_diag_hessian(x, h)
    assert found.dtype == np.float32 and (found >= 0).all()
    assert_array_equal(dC_dx, before)
    assert conv.algorithm == "auto"
    conv.backward_diag_hessian(x, h)
    assert conv.backward_diag_hessian(x, h) is found  # its memory is kept
    with pytest.raises(ValueError, match="dC_dy has shape"):
        conv.backward_diag_hessian(x, h[:, :1])
    assert conv.algorithm == "auto"
    assert_array_equal(conv.backward(x, h), before)


@pytest.mark.parametrize(
    "make", [nn.SpatialConvolutionMap, nn.SpatialFullConvolutionMap]
)
def test_two_connections_of_a_pair_are_one_slope(make):
    conv = make([(0, 0), (0, 0)], 1, 1, rng=0)
    conv.weight[...] = [[[3]], [[-1]]]
    x = np.array([[[[5.0]]]])
    conv.forward(x)
    assert_array_equal(
        conv.backward_diag_hessian(x, np.ones_like(x)), 4 * np.ones_like(x)
    )
    conv.acc_diag_hessian_params(x, np.ones_like(x))
    assert_array_equal(conv.grad_weight, [[[25]], [[25]]])


def test_each_position_has_weights_of_its_own(rng):
    conv = nn.SpatialConvolutionLocal(2, 3, 5, 4, 2, 3, rng=0)
    x = rng.standard_normal((4, 2, 4, 5))
    g = rng.standard_normal(conv.forward(x).shape)
    grads = conv.per_example_grads(x, g)
    norms = sum(np.square(grad).reshape(4, -1).sum(axis=1) for grad in grads)
    assert_allclose(conv.per_example_sq_norms(x, g), norms, 1e-12)
    assert_array_equal(grads[1], g)
