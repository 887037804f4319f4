"""Second derivatives through a weight of length and direction."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nnmods.containers import Sequential, WeightNorm
from nnmods.core import rows
from nnmods.core.tables import copied
from nnmods.layers import Linear, SpatialConvolution


def diagonals(net, x, h, dC_dy=None):
    """Return what `acc_diag_hessian_params` adds, by the path of the parameter."""
    net.zero_grad_params()
    net.backward_diag_hessian(x, h, dC_dy)
    net.acc_diag_hessian_params(x, h, 2.0, dC_dy)
    return {path: grad.copy() for path, _, grad in net.named_parameters()}


def grads_of(net):
    return copied(net.parameters()[1])


def test_diagonals_where_one_weight_counts(rng):
    """With one entry of x, no two entries of a row of the weight meet in y."""
    net = WeightNorm(Linear(3, 2, rng=0), rng=1)
    x, h = np.array([[2.0, 0, 0], [-1.0, 0, 0]]), rng.uniform(1, 2, (2, 2))
    dC_dy = rng.standard_normal((2, 2))
    net.forward(x)
    net.backward(x, dC_dy)
    got, with_own = diagonals(net, x, h), diagonals(net, x, h, dC_dy)
    net.zero_grad_params()
    rows.add_squared_params(net, x, h, 2.0)
    assert_allclose(grads_of(net)[0], got["v"], 1e-12)
    assert_allclose(grads_of(net)[1], got["g"], 1e-12)
    net.forward(x)
    net.backward(x, dC_dy)
    net.zero_grad_params()
    rows.add_own_params(net, x, dC_dy, 2.0)
    for own, path in zip(grads_of(net), got, strict=True):
        assert_allclose(with_own[path] - got[path], own, 1e-10, 1e-12)


@pytest.mark.parametrize("output_dim", [0, 1])
def test_examples_of_a_convolution_inside_a_net(output_dim, rng):
    inner = WeightNorm(SpatialConvolution(2, 3, kernel_size=2, rng=0), output_dim)
    net = Sequential(inner)
    x = rng.standard_normal((4, 2, 3, 3))
    dC_dy = rng.standard_normal(net.forward(x).shape)
    net.backprop(x, dC_dy)
    wanted = grads_of(net)
    grads = net.per_example_grads(x, dC_dy)
    for grad, whole in zip(grads, wanted, strict=True):
        assert_allclose(grad.sum(axis=0), whole, 1e-12, 1e-13)
    norms = sum(np.square(grad).reshape(4, -1).sum(axis=1) for grad in grads)
    assert_allclose(net.per_example_sq_norms(x, dC_dy), norms, 1e-12)
    assert not hasattr(inner.modules[0], "grad_weight")


@pytest.mark.parametrize("last", [None, "forward", "backward"])
def test_diagonals_need_the_sweeps_before_anything_changes(last, rng):
    net = WeightNorm(Linear(3, 2, rng=0), rng=1)
    x, g = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    if last is not None:
        net.forward(x)
    if last == "backward":
        net.backward(x, g)
    with pytest.raises(RuntimeError, match="WeightNorm: .* first"):
        net.acc_diag_hessian_params(x, g, 1.0, g)
    assert not any(grad.any() for grad in net.parameters()[1])


def test_directions_need_jvp_before_anything_changes(rng):
    net = WeightNorm(Linear(3, 2, rng=0), rng=1)
    x, g = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    net.forward(x)
    net.backward(x, g)
    dparams = [np.ones_like(p) for p in net.parameters()[0]]
    with pytest.raises(RuntimeError, match="needs jvp"):
        net.backprop_jvp(x, g, x, g, dparams)
    assert not any(grad.any() for grad in net.parameters()[1])
    assert not hasattr(net.modules[0], "grad_weight")
