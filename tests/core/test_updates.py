"""What is done to all parameters at once: steps, constraints, penalties."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn


@pytest.fixture
def net():
    net = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 2, rng=1))
    for grad in net.parameters()[1]:
        grad[...] = 1.0
    return net


def copies(net):
    return [p.copy() for p in net.parameters()[0]]


def test_acc_update_takes_the_step_of_this_call_alone(net, rng):
    x, dC_dy, before = rng.standard_normal((4, 2)), np.ones((4, 2)), copies(net)
    other = net.clone().zero_grad_params()
    other.forward(x)
    wanted = other.backprop(x, dC_dy)
    net.forward(x)
    assert_array_equal(net.backward_update(x, dC_dy, 0.25), wanted)
    for p, grad, old, g in zip(
        *net.parameters(), before, other.parameters()[1], strict=True
    ):
        assert_allclose(p, old - 0.25 * g, 1e-12)
        assert_array_equal(grad, np.ones_like(grad))


def test_gradients_stay_when_the_accumulation_fails(net):
    with pytest.raises(RuntimeError, match="forward"):
        net.acc_update_grad_params(np.ones((4, 2)), np.ones((4, 2)), 0.1)
    assert all((grad == 1).all() for grad in net.parameters()[1])


def test_shared_parameters_are_stepped_once():
    first = nn.Linear(2, 2, bias=False, rng=0)
    net = nn.Sequential(first, first.clone(share=True))
    before = first.weight.copy()
    first.grad_weight[...] = 1.0
    net.update_params(0.5)
    assert_allclose(first.weight, before - 0.5)


def test_weight_decay_leaves_biases_out(net):
    net.weight_decay(0.5)
    assert_allclose(net[0].grad_weight, 1 + 0.5 * net[0].weight)
    assert_array_equal(net[0].grad_bias, np.ones(3))
    net.weight_decay(0.5, min_dim=1)
    assert_allclose(net[0].grad_bias, 1 + 0.5 * net[0].bias)


def test_gradients_are_clipped_by_their_common_norm(net):
    n = sum(grad.size for grad in net.parameters()[1])  # all ones
    assert net.grad_param_clip(100.0) == pytest.approx(np.sqrt(n))
    assert net[0].grad_weight[0, 0] == 1
    net.grad_param_clip(1.0)
    assert sum((g**2).sum() for g in net.parameters()[1]) == pytest.approx(1)


def test_weights_are_scaled_down_by_row_and_by_column():
    layer = nn.Linear(2, 2)
    layer.weight[...] = [[3.0, 4.0], [0.3, 0.4]]
    layer.bias[...] = 10
    layer.max_param_norm(1.0)
    assert_allclose(layer.weight, [[0.6, 0.8], [0.3, 0.4]], 1e-7)
    layer.weight[...] = [[3.0, 0.3], [4.0, 0.4]]
    layer.max_param_norm(None, 1.0)
    assert_allclose(layer.weight, [[0.6, 0.3], [0.8, 0.4]], 1e-7)
    assert (layer.bias == 10).all()


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_of_gradients(nesterov):
    layer = nn.Linear(1, 1, bias=False)
    m = 2.0
    for grad in (2.0, 3.0, -1.0):
        layer.grad_weight[...] = grad
        layer.update_grad_params(0.5, 0.25, nesterov)
        m = 0.5 * m + 0.75 * grad
        wanted = grad + 0.5 * m if nesterov else m
        assert layer.grad_weight.item() == pytest.approx(wanted)


def test_dampening_is_the_momentum_where_it_is_not_given():
    layer = nn.Linear(1, 1, bias=False)
    layer.grad_weight[...] = 2.0
    layer.update_grad_params(0.9)
    assert layer.grad_weight.item() == pytest.approx(2.0)


def test_container_methods_of_torch7(net):
    assert net.size() == 3 and net.get(1) is net[1]
    net.extend(nn.Tanh(), nn.Linear(2, 1))
    assert net.size() == 5
    seen = []
    assert net.apply_to_modules(seen.append) is net
    assert seen == list(net)
