"""Flat parameters, sharing, and the dtypes of both."""

import copy
import pickle

import numpy as np
import pytest
from scipy.optimize import minimize

import nnmods as nn


def mlp():
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))


def assert_flat(net, w, dC_dw):
    start = 0
    for _, p, grad in net.named_parameters():
        for array, flat in ((p, w), (grad, dC_dw)):
            flat[start] = 17.5
            assert array.flat[0] == 17.5 and np.shares_memory(array, flat)
        start += p.size
    assert start == w.size == dC_dw.size


def test_vectors_hold_all_parameters_in_order():
    net = mlp()
    wanted = np.concatenate([p.ravel() for p in net.parameters()[0]])
    w, dC_dw = net.flatten_parameters()
    np.testing.assert_array_equal(w, wanted)
    assert w.flags.c_contiguous and dC_dw.flags.c_contiguous and not dC_dw.any()
    assert_flat(net, w, dC_dw)


def test_a_second_call_returns_the_same_vectors():
    net = mlp()
    w, dC_dw = net.flatten_parameters()
    again = net.flatten_parameters()
    assert again[0] is w and again[1] is dC_dw


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))]
)
def test_views_last_through_copies(copied):
    net = mlp()
    w, _ = net.flatten_parameters()
    other = copied(net)
    assert other._flat is not None
    mine, dC_dw = other.flatten_parameters()
    np.testing.assert_array_equal(mine, w)
    assert not np.shares_memory(mine, w)
    assert_flat(other, mine, dC_dw)


def test_views_last_through_reset_and_a_step():
    net, x = mlp(), np.ones((5, 3))
    w, dC_dw = net.flatten_parameters()
    net.reset(4)
    net.backprop(x, net.forward(x))
    net.update_params(0.1)
    assert net.flatten_parameters()[0] is w
    assert_flat(net, w, dC_dw)


def test_a_part_of_a_flat_network_gets_a_stretch_of_its_vector():
    net = mlp()
    w, dC_dw = net.flatten_parameters()
    mine, my_grad = net[2].flatten_parameters()
    assert np.shares_memory(mine, w) and mine.size == 10
    assert_flat(net, w, dC_dw)
    assert_flat(net[2], mine, my_grad)


def test_a_flat_part_joins_a_larger_network():
    part = nn.Linear(3, 4)
    part.flatten_parameters()
    net = nn.Sequential(part, nn.Linear(4, 2))
    w, dC_dw = net.flatten_parameters()
    assert_flat(net, w, dC_dw)
    assert np.shares_memory(part.flatten_parameters()[0], w)


def test_a_rebound_parameter_is_gathered_anew():
    net = mlp()
    w, _ = net.flatten_parameters()
    net[0].weight = np.ones((4, 3))
    again, dC_dw = net.flatten_parameters()
    assert again is not w and (again[:12] == 1).all()
    assert_flat(net, again, dC_dw)


def test_an_added_module_is_gathered_too():
    net = mlp()
    net.flatten_parameters()
    net.add(nn.Linear(2, 2))
    w, dC_dw = net.flatten_parameters()
    assert w.size == 16 + 10 + 6
    assert_flat(net, w, dC_dw)


def test_without_parameters():
    w, dC_dw = nn.Sequential(nn.Tanh()).flatten_parameters()
    assert w.shape == dC_dw.shape == (0,) and w.dtype == np.float64


def test_strided_fortran_empty_and_scalar_parameters():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(0, 3), nn.Linear(3, 1))
    net[0].weight = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])
    net[2].weight, net[2].grad_weight = np.arange(6.0)[::2][None], np.zeros((1, 3))
    net[2].bias, net[2].grad_bias = np.array(7.0), np.array(0.0)
    w, dC_dw = net.flatten_parameters()
    np.testing.assert_array_equal(w[:4], [1, 2, 3, 4])
    np.testing.assert_array_equal(w[-4:], [0, 2, 4, 7])
    again = net.flatten_parameters()
    assert again[0] is w and again[1] is dC_dw


def test_shared_parameters_count_once_and_sum_their_gradients():
    first = nn.Linear(3, 3, rng=0)
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True))
    assert [path for path, _, _ in net.named_parameters()] == ["0.weight", "0.bias"]
    w, dC_dw = net.flatten_parameters()
    assert w.size == 12 and net[0].weight is not None
    x = np.random.default_rng(0).standard_normal((5, 3))
    dC_dy = np.ones((5, 3))
    net.forward(x)
    net.backprop(x, dC_dy)
    w[...] += 1e-6
    ahead = net(x).sum()
    w[...] -= 2e-6
    np.testing.assert_allclose(dC_dw.sum(), (ahead - net(x).sum()) / 2e-6, 1e-6)
    other = copy.deepcopy(net)
    assert np.shares_memory(other[0].weight, other[2].weight)
    assert not np.shares_memory(other[0].weight, net[0].weight)
    other.float()
    assert np.shares_memory(other[0].weight, other[2].weight)
    assert other[0].weight.dtype == np.float32


def test_share_by_name():
    a, b = nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=1)
    assert b.share(a, "weight") is b
    assert b.weight is a.weight and b.grad_weight is a.grad_weight
    assert b.bias is not a.bias
    c = a.clone(share=["bias"])
    assert c.bias is a.bias and c.weight is not a.weight


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (lambda a: nn.Linear(3, 4).share(a), r"weight has shape \(4, 3\), expected"),
        (lambda a: nn.Tanh().share(a), "expected the same build"),
        (lambda a: nn.Linear(3, 2).share(a, "wieght"), "name is 'wieght'"),
    ],
)
def test_sharing_what_does_not_fit_is_refused(share, text):
    with pytest.raises(ValueError, match=text):
        share(nn.Linear(3, 2))


def test_one_parameter_with_two_gradients_is_refused():
    a, b = nn.Linear(3, 2), nn.Linear(3, 2)
    b.weight = a.weight
    with pytest.raises(ValueError, match=r"0\.weight and 1\.weight are one array"):
        nn.Sequential(a, b).flatten_parameters()


def test_parameters_that_overlap_in_part_are_refused():
    a, b = nn.Linear(3, 3), nn.Linear(3, 3)
    b.weight, b.grad_weight = a.weight.T, a.grad_weight.T
    with pytest.raises(ValueError, match="share a part of their memory"):
        nn.Sequential(a, b).flatten_parameters()


def test_interleaved_parameters_are_no_overlap():
    both, a, b = np.arange(12.0).reshape(3, 4), nn.Linear(2, 3), nn.Linear(2, 3)
    a.weight, b.weight = both[:, :2], both[:, 2:]
    w, _ = nn.Sequential(a, b).flatten_parameters()
    np.testing.assert_array_equal(w[:6], [0, 1, 4, 5, 8, 9])


def test_several_dtypes_are_refused_and_astype_mends_it():
    net = nn.Sequential(nn.Linear(3, 2, dtype="float32"), nn.Linear(2, 2))
    with pytest.raises(TypeError, match=r"0\.weight is float32.* is float64"):
        net.flatten_parameters()
    assert net.float().flatten_parameters()[0].dtype == np.float32


def test_astype_keeps_values_flatness_and_settings():
    net = mlp()
    w, _ = net.flatten_parameters()
    net.float()
    single, dC_dw = net.flatten_parameters()
    np.testing.assert_array_equal(single, w.astype(np.float32))
    assert_flat(net, single, dC_dw)
    assert net.double()[1].dtype == np.float64


def test_dtype_rules():
    x = np.random.default_rng(0).standard_normal((4, 3))
    net = mlp().float()
    assert net.forward(x.astype(np.float32)).dtype == np.float32
    assert net.forward(x).dtype == np.float64  # NumPy's promotion
    assert net.forward(np.ones((4, 3), int)).dtype == np.float32
    assert nn.Tanh().forward(np.ones(3, bool)).dtype == np.float64
    assert nn.Tanh().float().forward(np.ones(3, int)).dtype == np.float32
    nn.set_default_dtype("float32")
    assert nn.Linear(2, 2).weight.dtype == np.float32
    assert nn.get_default_dtype() == np.float32
    with pytest.raises(TypeError, match="dtype is int64, expected a floating-point"):
        nn.set_default_dtype("int64")


def test_scipy_fits_a_small_network_through_the_vectors():
    rng = np.random.default_rng(0)
    net, cost = mlp(), nn.MSECriterion()
    x = rng.standard_normal((20, 3))
    target = np.stack([np.sin(x[:, 0]), x[:, 1] * x[:, 2]], axis=1)
    w, dC_dw = net.flatten_parameters()

    def objective(values):
        w[...] = values
        dC_dw[...] = 0
        C = cost.forward(net.forward(x), target)
        net.backprop(x, cost.backward(net.y, target), input_grad=False)
        return C, dC_dw.copy()

    net.reset(0)
    before = objective(w.copy())[0]
    found = minimize(objective, w.copy(), jac=True, method="BFGS")
    assert found.fun < before / 100
    w[...] = found.x
    np.testing.assert_allclose(cost(net(x), target), found.fun, rtol=1e-12)
