import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


def test_a_row_of_the_weight_is_a_window_of_frames():
    conv = nn.TemporalConvolution(2, 1, 2, rng=0)
    conv.weight[...] = [[1.0, 10, 100, 1000]]  # frame 0, then frame 1
    conv.bias[...] = 0.5
    x = np.array([[1.0, 2], [3, 4], [5, 6]])
    assert_array_equal(conv.forward(x), [[4321.5], [6543.5]])
    dC_dy = np.array([[1.0], [-1.0]])
    dC_dx = conv.backward(x, dC_dy)
    assert_array_equal(dC_dx, [[1, 10], [99, 990], [-100, -1000]])
    conv.acc_grad_params(x, dC_dy, scale=2)
    assert_array_equal(conv.grad_weight, [[-4, -4, -4, -4]])
    assert_array_equal(conv.grad_bias, [0])


def test_frames_left_over_by_the_stride_have_no_gradient(rng):
    conv = nn.TemporalConvolution(2, 3, 2, 3, rng=0)
    x = rng.standard_normal((4, 7, 2))
    y = conv.forward(x)
    assert y.shape == (4, 2, 3)
    wanted = x[:, 3:5].reshape(4, 4) @ conv.weight.T + conv.bias
    assert_allclose(y[:, 1], wanted, rtol=1e-12, atol=1e-14)
    dC_dx = conv.backward(x, np.ones_like(y))
    assert not dC_dx[:, [2, 5, 6]].any() and dC_dx[:, [0, 1, 3, 4]].all()


def test_layers_hand_on_their_memory(rng):
    net = nn.Sequential(
        nn.TemporalConvolution(2, 3, 2, rng=0), nn.TemporalConvolution(3, 4, 2, rng=1)
    )
    net.forward(rng.standard_normal((5, 9, 2)))
    y = net[0].y
    assert y.transpose(2, 1, 0).flags.c_contiguous


def test_a_sequence_shorter_than_the_kernel_is_refused():
    conv = nn.TemporalConvolution(2, 3, 4, rng=0)
    with pytest.raises(ValueError, match=r"x has spatial size \(3,\), .* \(4,\)"):
        conv.forward(np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"x has shape \(6, 3\), expected \(\*, 2\)"):
        conv.forward(np.ones((6, 3)))
    with pytest.raises(ValueError, match=r"dC_dy has shape .* expected \(5, 3, 3\)"):
        conv.backward(np.ones((5, 6, 2)), np.ones((5, 3, 2)))
