"""The contract as a user meets it: a subclass, its parameters, its place in a tree."""

import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing import check_module


class Gain(nn.Module):
    """The least that a module with a parameter takes: no constructor of the base."""

    def __init__(self, n):
        self.gain = np.arange(1.0, n + 1)
        self.grad_gain = np.zeros(n)

    def forward(self, x):
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * x).reshape(-1, x.shape[-1]).sum(axis=0)


class Half(nn.Module):
    def forward(self, x):
        return x / 2

    def backward(self, x, dC_dy):
        return dC_dy / 2


class Pair(nn.Module):
    """A module that keeps others as attributes, as PyTorch's users write them."""

    def __init__(self):
        self.first = nn.Linear(3, 3, rng=0)
        self.rest = [Gain(3), Gain(3)]

    def forward(self, x):
        return self.rest[0].forward(self.first.forward(x))

    def backward(self, x, dC_dy):
        return self.first.backward(x, self.rest[0].backward(self.first.y, dC_dy))


def test_users_module_keeps_the_contract_alone_and_in_a_network(rng):
    check_module(Gain(4), rng.standard_normal((5, 4)))
    check_module(Half(), rng.standard_normal((5, 4)))
    net = nn.Sequential(nn.Linear(4, 3, rng=0), Gain(3), Half(), nn.Tanh())
    check_module(net, rng.standard_normal((5, 4)))


def test_parameters_are_arrays_with_a_twin():
    module = Gain(3)
    module.other = np.ones(2)  # no twin: not a parameter
    assert [path for path, _, _ in module.named_parameters()] == ["gain"]
    (p,), (grad,) = module.parameters()
    assert p is module.gain and grad is module.grad_gain


def test_attributes_that_are_modules_belong_to_it():
    paths = [path for path, _, _ in Pair().named_parameters()]
    assert paths == ["first.weight", "first.bias", "rest.0.gain", "rest.1.gain"]
    net = nn.Sequential(Pair()).evaluate()
    assert not net[0].rest[1].train
    net.replace(lambda module: Half() if isinstance(module, Gain) else module)
    assert isinstance(net[0].rest[1], Half)
    net.replace(lambda m: nn.Tanh() if isinstance(m, nn.Linear) else m)
    assert isinstance(net[0].first, nn.Tanh)


def test_missing_verbs_say_which_one_to_write():
    class Nothing(nn.Module):
        pass

    class Forgetful(Gain):
        acc_grad_params = nn.Module.acc_grad_params

    x = np.ones((2, 3))
    for call in (
        lambda: Nothing().forward(x),
        lambda: Nothing().backward(x, x),
        lambda: Nothing().jvp(x, x),
    ):
        with pytest.raises(NotImplementedError, match=r"Nothing\(\): \w+\("):
            call()
    with pytest.raises(NotImplementedError, match="a parameter gain"):
        Forgetful(3).backprop(x, x)


@pytest.mark.parametrize(
    ("gain", "grad", "error", "text"),
    [
        (np.ones(3), np.zeros(2), ValueError, r"grad_gain has shape \(2,\), expected"),
        (1.0, 0.0, TypeError, "gain has type float, expected an array"),
    ],
)
def test_pairs_that_are_no_parameters_are_named(gain, grad, error, text):
    module = Gain(3)
    module.gain, module.grad_gain = gain, grad
    with pytest.raises(error, match=text):
        module.parameters()


def test_call_returns_a_copy_and_forward_the_buffer():
    module, x = nn.Linear(3, 2, rng=0), np.ones((4, 3))
    assert module.forward(x) is module.y is module.forward(x)
    mine = module(x)
    assert not np.shares_memory(mine, module.y)
    assert not np.shares_memory(nn.Identity()(x), x)


def test_zero_update_and_reset():
    net = nn.Sequential(nn.Linear(3, 2, rng=0), Gain(2))
    before = net[0].weight.copy()
    for grad in net.parameters()[1]:
        grad[...] = 2
    assert net.update_params(0.25) is net
    np.testing.assert_allclose(net[0].weight, before - 0.5, rtol=1e-15)
    np.testing.assert_array_equal(net[1].gain, [0.5, 1.5])
    assert net.zero_grad_params() is net
    assert not any(grad.any() for grad in net.parameters()[1])
    first = net.reset(3)[0].weight.copy()
    assert (net.reset(3)[0].weight == first).all()
    assert (net.reset(4)[0].weight != first).any()


def test_children_of_one_reset_draw_different_numbers():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3)).reset(0)
    assert (net[0].weight != net[1].weight).any()


def test_manual_seed_repeats():
    nn.manual_seed(5)
    first = nn.Linear(3, 2).weight
    nn.manual_seed(5)
    np.testing.assert_array_equal(nn.Linear(3, 2).weight, first)


def test_walks_find_every_module_parents_first():
    net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Tanh(), nn.Linear(2, 1)))
    paths = [path for path, _ in net.named_modules()]
    assert paths == ["", "0", "1", "1.0", "1.1"]
    assert net.list_modules()[0] is net
    assert net.find_modules(nn.Linear) == [net[0], net[1][1]]
    seen = []
    assert net.apply(seen.append) is net and len(seen) == 5


def test_modes():
    net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    assert net.evaluate() is net and not net[1][0].train
    assert net.training() is net and net[1][0].train


def test_copies_drop_results_and_keep_settings(rng):
    net = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh()).evaluate()
    net.forward(rng.standard_normal((4, 3)))
    for other in (net.clone(), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert other.y is None and other[0].y is None and not other[0].train
        np.testing.assert_array_equal(other[0].weight, net[0].weight)
        assert not np.shares_memory(other[0].weight, net[0].weight)
    assert net.y is not None


def test_clear_state_drops_buffers_everywhere(rng):
    net = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh())
    x = rng.standard_normal((4, 3))
    net.backprop(x, net.forward(x))
    assert net.clear_state() is net
    for module in net.list_modules():
        assert module.y is module.dC_dx is None
        assert "work" not in vars(module)
    with pytest.raises(RuntimeError, match="forward"):
        net.backward(x, np.ones((4, 2)))
