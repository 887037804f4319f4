import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.activations import Tanh
from nnmods.containers import MapTable, Sequential, WeightNorm
from nnmods.layers.linear import Linear
from nnmods.testing import check_module

X = np.random.default_rng(0).standard_normal((5, 4))
DY = np.random.default_rng(1).standard_normal((5, 3))


def normed(*args, **kwargs):
    net = WeightNorm(Linear(4, 3, rng=0), *args, rng=1, **kwargs)
    net.g *= np.linspace(-2, 1, net.g.size)[:, None]
    return net


def test_by_hand():
    net = WeightNorm(Linear(2, 1, bias=False))
    net.v[...], net.g[...] = [[3, 4]], 10
    x, norm = np.array([[1.0, 2.0]]), np.sqrt(25.0001)
    np.testing.assert_allclose(net(x), [[110 / norm]], 1e-14)
    net.forward(x)
    net.backprop(x, np.ones((1, 1)))
    np.testing.assert_allclose(net.grad_g, [[11 / norm]], 1e-14)
    wanted = 10 / norm * (x - 11 / norm**2 * net.v)
    np.testing.assert_allclose(net.grad_v, wanted, 1e-12)


def test_parameters_in_the_order_of_torch7():
    net = normed()
    paths = [path for path, _, _ in net.named_parameters()]
    assert paths == ["v", "g", "0.bias"]
    assert [p.shape for p in net.parameters()[0]] == [(3, 4), (3, 1), (3,)]
    assert net.flatten_parameters()[0].size == 18


def test_initial_values():
    net = WeightNorm(Linear(400, 50), rng=0)
    np.testing.assert_allclose(net.v.std(), np.sqrt(2 / 400), 0.02)
    np.testing.assert_allclose(net.g[:, 0], np.linalg.norm(net.v, axis=1))
    assert not net[0].bias.any()
    v = net.reset(0).v.copy()
    np.testing.assert_array_equal(net.reset(0).v, v)
    assert not np.array_equal(net.reset(1).v, v)
    v = net.v.copy()
    np.testing.assert_array_equal(net.reset(2, stdv=0.1).v, v)
    assert net[0].bias.any()


def test_gradients_accumulate():
    """Torch7 adds to what it has passed on before."""
    net = normed()
    net.forward(X)
    net.backprop(X, DY)
    once = [grad.copy() for grad in net.parameters()[1]]
    net.backprop(X, DY, 0.5)
    for grad, wanted in zip(net.parameters()[1], once, strict=True):
        np.testing.assert_allclose(grad, 1.5 * wanted, 1e-12)


def test_evaluation_follows_the_parameters_too():
    """Torch7 computes the weight for the last time when it is set to evaluate."""
    net = normed().evaluate()
    y = net(X)
    net.g *= 2
    np.testing.assert_allclose(net(X), 2 * y, 1e-12)
    net.backprop(X, DY)
    np.testing.assert_allclose(net(X), 2 * y, 1e-12)


@pytest.mark.parametrize(
    "make, x",
    [
        (lambda: WeightNorm(nn.SpatialConvolution(2, 3, 2, 2), 1), (2, 2, 4, 3)),
        (lambda: WeightNorm(Linear(4, 3, bias=False), 1), (5, 4)),
        (lambda: Sequential(normed(), Tanh(), WeightNorm(Linear(3, 2))), (5, 4)),
    ],
)
def test_contract(make, x, rng):
    check_module(make(), rng.standard_normal(x))


def test_a_step_of_training(rng):
    net = Sequential(normed(), Tanh(), WeightNorm(Linear(3, 1), rng=2))
    w, dC_dw = net.flatten_parameters()
    costs = []
    for _ in range(100):
        y = net.forward(X)
        costs.append(float((y**2).sum()))
        net.zero_grad_params()
        net.backprop(X, 2 * y)
        w -= 0.02 * dC_dw
    assert costs[-1] < 0.1 * costs[0]


@pytest.mark.parametrize("flat", [False, True])
def test_copies(flat, tmp_path):
    net = Sequential(normed())
    if flat:
        net.flatten_parameters()
    net.forward(X)
    net.backprop(X, DY)
    wanted = net(X)
    nn.save(net, tmp_path / "net.npz")
    copies = [copy.deepcopy(net), pickle.loads(pickle.dumps(net))]
    copies += [net.clone(share=True), nn.load(tmp_path / "net.npz")]
    for other in copies:
        np.testing.assert_array_equal(other(X), wanted)
        assert len(other.parameters()[0]) == 3
    net[0].g *= 3
    np.testing.assert_allclose(copies[2](X), 3 * wanted, 1e-12)
    np.testing.assert_array_equal(copies[0](X), wanted)


def test_single_precision():
    net = normed().float()
    assert net(X.astype(np.float32)).dtype == np.float32
    assert {p.dtype for p in net.parameters()[0]} == {np.dtype(np.float32)}
    assert WeightNorm(Linear(4, 3, dtype="float32")).v.dtype == np.float32


def test_entries_of_a_table():
    net, one = MapTable(normed()), normed()
    x, dC_dy = [X, 2 * X], [DY, DY]
    net.forward(x)
    net.backprop(x, dC_dy)
    for entry in x:
        one.forward(entry)
        one.backprop(entry, DY)
    assert len(net.parameters()[0]) == 3
    for mine, wanted in zip(net.parameters()[1], one.parameters()[1], strict=True):
        np.testing.assert_allclose(mine, wanted, 1e-12)


def test_taking_the_module_out_and_another_in():
    net = normed()
    net.forward(X)
    weight = net[0].weight
    out = net.remove()
    assert out.grad_weight.shape == weight.shape and len(out.parameters()[0]) == 2
    net.add(Linear(4, 3, bias=False))
    assert len(net.parameters()[0]) == 2
    np.testing.assert_array_equal(net(X), X @ weight.T)
    net.replace(lambda m: Linear(4, 3) if isinstance(m, Linear) else m)
    assert [path for path, _, _ in net.named_parameters()] == ["v", "g", "0.bias"]


def test_errors():
    with pytest.raises(
        TypeError, match="WeightNorm: module is Tanh, expected one with "
    ):
        WeightNorm(Tanh())
    with pytest.raises(
        ValueError, match=r"weight has shape \(3, 4\), expected an axis 2"
    ):
        WeightNorm(Linear(4, 3), 2)
    net = normed()
    net.remove()
    with pytest.raises(
        ValueError, match=r"weight has shape \(2, 4\), expected 12 entri"
    ):
        net.add(Linear(4, 2))
    with pytest.raises(ValueError, match="modules has 0 entries, expected 1"):
        net.forward(X)
    net = normed()
    net.forward(X)
    with pytest.raises(ValueError, match="dparams has 1 entries, expected 3"):
        net.jvp(X, X, [net.v])
    with pytest.raises(
        ValueError, match=r"dparams\[0\] has shape \(3, 1\), expected \(3"
    ):
        net.jvp(X, X, [net.g, net.v, net[0].bias])


def test_repr():
    assert repr(normed()) == "WeightNorm(\n  (0): Linear(4 -> 3)\n)"
    assert repr(normed(1)) == "WeightNorm(output_dim=1,\n  (0): Linear(4 -> 3)\n)"
