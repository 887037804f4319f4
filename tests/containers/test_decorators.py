"""Decorator, NaN, Profile, GPU and Serial: the numbers are those of the module."""

import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.activations import Tanh
from nnmods.containers import GPU, Decorator, NaN, Profile, Sequential, Serial
from nnmods.core import Module
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity
from nnmods.layers.table import SelectTable

MAKERS = {
    "Decorator": Decorator,
    "NaN": NaN,
    "Profile": Profile,
    "GPU": lambda module: GPU(module, 2, 1),
    "Serial": lambda module: Serial(module, "torch.DoubleTensor"),
}
ALL = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@ALL
def test_the_numbers_of_the_module(make, rng, tmp_path):
    linear = Linear(4, 3, rng=0)
    net, x = make(linear.clone()), rng.standard_normal((5, 4))
    dC_dy = rng.standard_normal((5, 3))
    np.testing.assert_array_equal(net.forward(x), linear.forward(x))
    got, wanted = net.backprop(x, dC_dy, 0.5), linear.backprop(x, dC_dy, 0.5)
    np.testing.assert_array_equal(got, wanted)
    net.backward(x, dC_dy)
    net.acc_grad_params(x, dC_dy)
    linear.acc_grad_params(x, dC_dy)
    for mine, theirs in zip(net.parameters()[1], linear.parameters()[1], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    nn.save(net, tmp_path / "net.npz")
    for other in (pickle.loads(pickle.dumps(net)), nn.load(tmp_path / "net.npz")):
        np.testing.assert_array_equal(other(x), linear(x))
        assert repr(other) == repr(net)


@ALL
def test_tables(make):
    net, x = (
        make(Sequential(Identity(), SelectTable(0))),
        [np.ones(2), [np.ones(3), []]],
    )
    assert net.forward(x) is x[0]
    first, (second, empty) = net.backward(x, np.ones(2))
    np.testing.assert_array_equal(first, [1, 1])
    np.testing.assert_array_equal(second, [0, 0, 0])
    assert empty == []


@ALL
def test_modes_and_reset_reach_the_module(make):
    net = make(Sequential(Linear(2, 2), Tanh()))
    assert not any(module.train for module in net.evaluate().list_modules())
    one, two = net.reset(3)[0][0].weight.copy(), net.reset(3)[0][0].weight
    np.testing.assert_array_equal(one, two)


@ALL
def test_just_one_module(make):
    net = make(Tanh())
    name = type(net).__name__
    with pytest.raises(
        ValueError, match=f"{name}: modules has 1 entry, expected no ot"
    ):
        net.add(Tanh())
    net.remove()
    with pytest.raises(ValueError, match=f"{name}: modules has 0 entries, expected 1"):
        net.forward(np.ones(2))
    with pytest.raises(
        TypeError, match=f"{name}: module has type int, expected a Modu"
    ):
        make(3)


class Broken(Module):
    """Gives NaN where it is told to."""

    def __init__(self, where=None):
        super().__init__()
        self.where = where
        self.p, self.grad_p = np.zeros(1), np.zeros(1)

    def forward(self, x):
        return x * (np.nan if self.where == "y" else 1)

    def backward(self, x, dC_dy):
        return dC_dy * (np.nan if self.where == "dC_dx" else 1)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_p += np.nan if self.where == "grad" else 1


@pytest.mark.parametrize(
    "where, text",
    [
        ("y", r"NaN\(7\) around Broken\(\): y has NaN, expected numbers"),
        ("dC_dx", r"NaN\(7\) around Broken\(\): dC_dx has NaN"),
        ("grad", r"NaN\(7\) around Broken\(\): the gradient of p has NaN"),
    ],
)
def test_where_a_nan_arose(where, text):
    net, x = NaN(Broken(where), 7), np.ones(2)

    def verbs(step):
        net.forward(x)
        step()

    def apart():
        net.backward(x, x)
        net.acc_grad_params(x, x)

    for step in (apart, lambda: net.backprop(x, x)):
        with pytest.raises(RuntimeError, match=text):
            verbs(step)
    if where == "dC_dx":  # it is not computed, and not looked for
        net.forward(x)
        assert net.backprop(x, x, input_grad=False) is None


def test_a_nan_from_outside():
    net, x, nan = NaN(Linear(1, 1)), [np.ones((1, 1))], np.full((1, 1), np.nan)
    with pytest.raises(RuntimeError, match=r"around Linear\(1 -> 1\): x has NaN"):
        net.forward(nan)
    net.forward(x[0])
    with pytest.raises(RuntimeError, match="dC_dy has NaN"):
        net.backward(x[0], nan)
    net[0].bias[...] = np.nan
    with pytest.raises(RuntimeError, match="bias has NaN"):
        net.forward(x[0])


def test_infinite_numbers_and_integers_are_numbers():
    net = NaN(Identity())
    for x in (
        np.array([np.inf, -np.inf]),
        np.array([1, 2]),
        np.ones(0),
        [np.ones(1), []],
    ):
        assert net.forward(x) is x


def test_each_nan_has_a_number():
    first, second = NaN(Tanh()), NaN(Tanh())
    assert second.id == first.id + 1
    assert repr(NaN(Tanh(), 3)) == "NaN(3,\n  (0): Tanh()\n)"


def test_profile_prints_now_and_then(capsys):
    net, x = Profile(Tanh(), 2, "squash"), np.ones(2)
    for _ in range(5):
        net.forward(x)
        net.backward(x, x)
        net.acc_grad_params(x, x)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and net.num_fwds == net.num_bwds == 1
    assert lines[0].startswith("squash took 0.") and lines[0].endswith(
        "2 forward passes"
    )
    assert lines[1].endswith(" seconds for 2 backward passes")
    assert net.summed_fwd_time > 0 and net.summed_bwd_time > 0


def test_profile_settings():
    net = Profile(Tanh())
    assert (net.print_interval, net.name) == (100, "Tanh")
    assert repr(Profile(Tanh(), 5, "a")) == "Profile(5, name='a',\n  (0): Tanh()\n)"
    with pytest.raises(
        ValueError, match="Profile: print_interval is 0, expected at lea"
    ):
        Profile(Tanh(), 0)


def test_devices_are_noted():
    net = GPU(Tanh(), 1)
    assert net.outdevice == 1 and net.set_device(3).device == 3
    assert repr(GPU(Tanh(), 1, 2)) == "GPU(1, 2,\n  (0): Tanh()\n)"
    with pytest.raises(TypeError):
        GPU(Tanh(), "cuda")


def test_types_of_torch7():
    assert Serial(Tanh(), "torch.FloatTensor").tensor_type == np.float32
    assert Serial(Tanh(), np.float64).tensor_type == np.float64
    assert Serial(Tanh(), "torch.CudaTensor").tensor_type == np.float32
    assert Serial(Tanh(), "torch.CudaDoubleTensor").tensor_type == np.float64
    for wrong in ("torch.LongTensor", "int8", "nonsense"):
        with pytest.raises(
            TypeError, match="Serial: tensor_type is .*, expected a float"
        ):
            Serial(Tanh(), wrong)
