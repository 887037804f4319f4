"""Whole Jacobians of modules that are known, and of modules with a mistake."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.testing import (
    exact_jacobian,
    io_error,
    jacobian_error,
    numeric_jacobian,
    update_error,
)


def mlp():
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))


def test_jacobian_of_a_linear_map_is_its_matrix(rng):
    layer, x = nn.Linear(3, 2, rng=0), rng.standard_normal(3)
    assert_array_equal(exact_jacobian(layer, x), layer.weight)
    assert_allclose(numeric_jacobian(layer, x), layer.weight, 1e-8)


def test_jacobian_by_a_parameter(rng):
    layer, x = nn.Linear(3, 2, rng=0), rng.standard_normal((1, 3))
    layer.grad_weight[...] = 7
    wanted = np.kron(np.eye(2), x)
    assert_allclose(exact_jacobian(layer, x, layer.weight), wanted)
    assert_allclose(numeric_jacobian(layer, x, layer.weight), wanted, atol=1e-8)
    assert (layer.grad_weight == 7).all()


def test_jacobian_of_tables_takes_their_entries_in_order(rng):
    x = [rng.standard_normal(2), rng.standard_normal(2)]
    assert_array_equal(exact_jacobian(nn.Add(), x), np.hstack([np.eye(2)] * 2))
    assert jacobian_error(nn.ConcatTable(nn.Tanh(), nn.Identity()), x[0]) < 1e-8


def test_right_modules_have_small_errors(rng):
    net, x = mlp(), rng.standard_normal((2, 3))
    before = x.copy()
    assert jacobian_error(net, x) < 1e-8
    assert all(jacobian_error(net, x, p) < 1e-8 for p in net.parameters()[0])
    assert_array_equal(x, before)


def test_a_wrong_backward_has_a_large_error(rng):
    class Wrong(nn.Tanh):
        def df(self, x, y, out):
            out[...] = 1 - y  # not squared

    assert jacobian_error(Wrong(), rng.standard_normal(3)) > 0.1


def test_steps_taken_four_ways_are_one(rng):
    x, dC_dy = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    assert update_error(mlp(), x, dC_dy) < 1e-14


def test_a_step_that_ignores_the_scale_is_found(rng):
    class Gain(nn.Module):
        def __init__(self):
            self.gain, self.grad_gain = np.ones(2), np.zeros(2)

        def forward(self, x):
            return self.gain * x

        def backward(self, x, dC_dy):
            return self.gain * dC_dy

        def acc_grad_params(self, x, dC_dy, scale=1.0):
            self.grad_gain[...] = (dC_dy * x).sum(axis=0)  # overwrites

    x = rng.standard_normal((3, 2))
    assert update_error(Gain(), x, x) > 0.1


def test_what_is_written_and_read_computes_the_same(rng):
    x, dC_dy = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    assert io_error(mlp(), x, dC_dy) == 0


@pytest.mark.parametrize("shape", [(0, 3)])
def test_of_no_entries(shape):
    assert exact_jacobian(nn.Tanh(), np.empty(shape)).size == 0
    assert numeric_jacobian(nn.Tanh(), np.empty(shape)).size == 0


def test_of_images_that_lie_in_memory_in_another_order(rng):
    module, x = (
        nn.SpatialConvolution(1, 2, 2, 2, rng=0),
        rng.standard_normal((2, 1, 3, 3)),
    )
    assert not module.forward(x).flags.c_contiguous
    assert exact_jacobian(module, x).any()
    assert jacobian_error(module, x) < 1e-8
