"""What all optimisers do: vectors in place, no allocation, states, errors."""

import copy
import math
import pickle

import numpy as np
import pytest
from memory import taken

import nnmods as nn
from nnmods.kernels import axpby, blas
from nnmods.layers import Linear
from nnmods.optim import (
    ASGD,
    LAMB,
    LARS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
    Step,
    blocks,
)

RULES = {
    "sgd": lambda pair: SGD(pair, lr=0.1),
    "momentum": lambda pair: SGD(pair, lr=0.1, momentum=0.9, dampening=0.5),
    "nesterov": lambda pair: SGD(
        pair, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01, l1=0.01
    ),
    "vectors": lambda pair: SGD(
        pair, rates=np.full(pair[0].size, 0.5), weight_decay=np.ones(pair[0].size)
    ),
    "proximal": lambda pair: SGD(pair, lr=0.1, l1=0.1, proximal=True),
    "adam": lambda pair: Adam(pair, lr=0.1),
    "adam, penalties": lambda pair: Adam(pair, lr=0.1, weight_decay=0.1, l1=0.1),
    "asgd": lambda pair: ASGD(pair, lr=0.1, t0=1, weight_decay=0.1, l1=0.1),
    "adagrad": lambda pair: Adagrad(pair, lr=0.1, weight_decay=0.1, l1=0.1),
    "adadelta": lambda pair: Adadelta(pair, eps=0.01, weight_decay=0.1, l1=0.1),
    "adamax": lambda pair: Adamax(pair, lr=0.1, weight_decay=0.1, l1=0.1),
    "rmsprop": lambda pair: RMSprop(pair, weight_decay=0.1, l1=0.1),
    "rmsprop, all": lambda pair: RMSprop(
        pair, alpha=0.9, momentum=0.9, centered=True, initial_mean=1
    ),
    "rprop": lambda pair: Rprop(pair, weight_decay=0.1, l1=0.1),
    "adamw": lambda pair: Adam(pair, weight_decay=0.1, decoupled=True),
    "adam, proximal": lambda pair: Adam(pair, lr=0.1, l1=0.1, proximal=True),
    "AdamW": lambda pair: AdamW(pair, lr=0.1, l1=0.1, amsgrad=True),
    "nadam": lambda pair: NAdam(pair, lr=0.1, weight_decay=0.1),
    "radam": lambda pair: RAdam(pair, lr=0.1, beta2=0.9, decoupled=True),
    "lion": lambda pair: Lion(pair, lr=0.1, weight_decay=0.1),
    "lars": lambda pair: LARS(pair, lr=0.1, weight_decay=0.1),
    "lamb": lambda pair: LAMB(pair, lr=0.1, weight_decay=0.1),
}
every_rule = pytest.mark.parametrize("make", RULES.values(), ids=RULES)


def vectors(size, dtype=np.float64, seed=0):
    w, dC_dw = np.random.default_rng(seed).standard_normal((2, size))
    return w.astype(dtype), dC_dw.astype(dtype)


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_w_changes_in_place_and_dC_dw_not_at_all(make, dtype):
    w, dC_dw = vectors(50, dtype)
    w_before, dC_dw_before = w.copy(), dC_dw.copy()
    opt = make((w, dC_dw))
    for _ in range(3):
        opt.step()
    assert opt.w is w and opt.dC_dw is dC_dw and w.dtype == dtype
    assert (w != w_before).all()
    assert np.array_equal(dC_dw, dC_dw_before)
    assert opt.t == 3
    for name in opt.state_dict().keys() - {"t", "lr"}:
        assert getattr(opt, name).dtype == dtype
    opt.zero_grad()
    assert not dC_dw.any() and opt.dC_dw is dC_dw


@pytest.mark.parametrize("least", [0, 1 << 40], ids=["by BLAS", "by NumPy"])
@every_rule
def test_blocks_change_nothing_but_speed(make, least, monkeypatch):
    monkeypatch.setattr(axpby, "LEAST", least)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 17)
    blas.hold()  # its threads would cut a vector anywhere
    size = 40_001  # three blocks of float64
    w, dC_dw = vectors(size)
    pieces = [slice(i, i + 9_984) for i in range(0, size, 9_984)]
    parts = [(w[piece].copy(), dC_dw[piece].copy()) for piece in pieces]
    whole, small = make((w, dC_dw)), [make(part) for part in parts]
    for _ in range(3):
        for opt in (whole, *small):
            opt.step()
    assert np.array_equal(w, np.concatenate([part[0] for part in parts]))


@every_rule
@pytest.mark.parametrize("size", [2_410, 100_000])
def test_a_step_allocates_nothing(make, size, one_thread):
    opt = make(vectors(size, np.float32))
    opt.step()
    assert taken(lambda: [opt.step() for _ in range(3)]) < 4096


@every_rule
def test_float32_follows_float64(make):
    single, double = vectors(200, np.float32), vectors(200)
    double[0][:], double[1][:] = single
    a, b = make(single), make(double)
    a.schedule = b.schedule = lambda t: np.float64(
        0.5
    )  # a NumPy scalar changes nothing
    for _ in range(5):
        a.step()
        b.step()
    assert single[0].dtype == np.float32
    # a few roundings of numbers of size 1, at 2^-24 each
    assert np.abs(single[0] - double[0]).max() < 20 * 2**-24


@every_rule
def test_empty_vectors(make):
    w, dC_dw = np.zeros(0), np.zeros(0)
    opt = make((w, dC_dw))
    opt.step()
    opt.zero_grad()
    assert opt.t == 1 and w.size == 0
    opt.load_state_dict(opt.state_dict())


def test_a_net_is_trained_through_its_flat_vectors():
    net = Linear(3, 2, rng=0)
    opt = SGD(net, lr=0.5)
    weight, bias = net.weight.copy(), net.bias.copy()
    net.grad_weight[...] = 1
    net.grad_bias[...] = 2
    opt.step()
    assert np.array_equal(net.weight, weight - 0.5)
    assert np.array_equal(net.bias, bias - 1)
    opt.zero_grad()
    assert not net.grad_weight.any() and not net.grad_bias.any()


@pytest.mark.parametrize("make", [RULES["momentum"], RULES["adam"]])
def test_moments_of_a_weight_without_gradient_get_to_0(make):
    # 0.9^k is subnormal in float32 after 830 steps, and rounding never takes it to 0
    w, dC_dw = np.zeros(2, np.float32), np.ones(2, np.float32)
    opt = make((w, dC_dw))
    opt.step()
    dC_dw[0] = 0
    for _ in range(1000):
        opt.step()
    moment = opt.velocity if isinstance(opt, SGD) else opt.m
    assert moment[0] == 0
    assert moment[1] > 0.1


def test_current_lr_is_that_of_the_coming_step():
    w, dC_dw = np.zeros(1), np.ones(1)
    opt = SGD((w, dC_dw), lr=1.0, schedule=Step(2, factor=0.5))
    rates = []
    for _ in range(5):
        before = w[0]
        rates.append(opt.current_lr)
        opt.step()
        assert w[0] == before - rates[-1]
    assert rates == [1, 1, 0.5, 0.5, 0.25]
    opt.lr = 8.0
    assert opt.current_lr == 2.0
    opt.schedule = lambda t: t  # any callable will do
    assert opt.current_lr == 40.0


@every_rule
def test_an_assigned_rate_of_numpy_goes_on_to_the_same_bits(make):
    """Products of single numbers would be rounded to their precision."""
    w, dC_dw = vectors(20)
    opt = make((w, dC_dw))
    opt.step()
    opt.lr = np.float32(0.01)
    again = make((w.copy(), dC_dw.copy()))
    again.load_state_dict(opt.state_dict())
    for each in (opt, again):
        each.schedule = lambda t: 1 / (3 + t)
        each.step()
        each.step()
    assert type(opt.lr) is float
    assert np.array_equal(again.w, w)


@pytest.mark.parametrize(
    "lr, error", [(-1, ValueError), (math.nan, ValueError), ("1", TypeError)]
)
def test_a_wrong_rate_is_refused_where_it_is_assigned(lr, error):
    opt = SGD(vectors(3), lr=0.5, groups={"*": {}})
    for each in (opt, opt.groups["*"]):
        with pytest.raises(error, match="SGD: lr has "):
            each.lr = lr
    assert opt.lr == opt.groups["*"].lr == 0.5


@every_rule
def test_a_state_goes_on_where_it_was_taken(make):
    w, dC_dw = vectors(20)
    opt = make((w, dC_dw))
    for _ in range(3):
        opt.step()
    opt.lr = 0.05
    state = opt.state_dict()
    again = make((w.copy(), dC_dw.copy()))
    again.load_state_dict(state)
    assert (again.t, again.lr) == (3, 0.05)
    opt.step()
    again.step()
    assert np.array_equal(again.w, w)
    # neither direction shares memory: the state is what it was, and loads again
    assert state["t"] == 3
    opt.load_state_dict(state)
    for name in state.keys() - {"t", "lr"}:
        assert np.array_equal(getattr(opt, name), state[name])
        assert not np.shares_memory(getattr(again, name), state[name])


def test_a_state_passes_through_a_file(tmp_path):
    opt = Adam(vectors(5))
    opt.step()
    np.savez(tmp_path / "state.npz", **opt.state_dict())
    with np.load(tmp_path / "state.npz") as file:
        state = dict(file)
    again = Adam(vectors(5))
    again.load_state_dict(state)
    assert again.t == 1 and type(again.t) is int
    assert again.lr == 0.001 and type(again.lr) is float
    assert np.array_equal(again.m, opt.m) and np.array_equal(again.v, opt.v)


@pytest.mark.parametrize(
    "change, error, message",
    [
        (
            {"m": np.zeros(4)},
            ValueError,
            "state has names t, lr, velocity, m, expected t, lr, velocity",
        ),
        (
            {"velocity": np.zeros(4)},
            ValueError,
            "velocity has shape (4,), expected (3,)",
        ),
        (
            {"velocity": np.zeros(3, complex)},
            ValueError,
            "velocity has dtype complex128, expected real numbers",
        ),
        ({"t": [1, 2]}, ValueError, "t has shape (2,), expected ()"),
        ({"t": -1}, ValueError, "t has value -1, expected at least 0"),
        ({"t": 1.5}, TypeError, "t has type float, expected an integer"),
        (
            {"lr": math.nan},
            ValueError,
            "lr has value nan, expected a finite number >= 0",
        ),
    ],
)
def test_a_wrong_state_is_refused_before_anything_changes(change, error, message):
    opt = SGD((np.ones(3), np.ones(3)), momentum=0.5)
    opt.step()
    good = {"t": 7, "lr": 0.5, "velocity": np.full(3, 9.0)}
    with pytest.raises(error) as info:
        opt.load_state_dict(good | change)
    assert str(info.value) == f"SGD(3 parameters, lr=0.01, momentum=0.5): {message}"
    assert (opt.t, opt.lr, opt.velocity.tolist()) == (1, 0.01, [1, 1, 1])


def test_an_incomplete_or_missing_state_is_refused():
    opt = SGD((np.ones(3), np.ones(3)))
    with pytest.raises(ValueError, match="state has names t, expected t, lr"):
        opt.load_state_dict({"t": 0})
    with pytest.raises(TypeError, match="state has type NoneType, expected a dict"):
        opt.load_state_dict(None)


def test_a_copy_of_an_optimiser_trains_its_own_copy_of_the_net():
    net = Linear(3, 2, rng=0)
    opt = Adam(net)
    net.grad_weight[...] = 1
    opt.step()
    for copied in (copy.deepcopy(opt), pickle.loads(pickle.dumps(opt))):
        before = net.weight.copy()
        copied.step()
        assert np.array_equal(net.weight, before)
        assert not np.array_equal(copied.net.weight, before)
        assert np.shares_memory(copied.net.weight, copied.w)
        assert (copied.t, opt.t) == (2, 1)
        opt_m = opt.beta1 * opt.m + (1 - opt.beta1) * opt.dC_dw
        assert np.allclose(copied.m, opt_m, rtol=1e-15)


def test_a_copy_over_bare_vectors_has_its_own():
    w, dC_dw = np.zeros(2), np.ones(2)
    opt = copy.deepcopy(SGD((w, dC_dw), lr=1, momentum=0.5))
    opt.step()
    assert w.tolist() == [0, 0] and opt.w.tolist() == [-1, -1]


class NoMethod(Optimizer):
    def __init__(self, net_or_pair, lr=0.1):
        super().__init__(net_or_pair, lr)


def test_a_rule_must_be_written():
    with pytest.raises(NotImplementedError, match="NoMethod has no _update"):
        NoMethod((np.ones(1), np.ones(1))).step()


class SignDescent(Optimizer):
    """A user's own rule: the sign of the running sum of gradients."""

    def __init__(self, net_or_pair, lr=0.1):
        super().__init__(net_or_pair, lr, state=("total",))

    def _update(self, rate, blocks):
        for w, dC_dw, total, a, _ in blocks:
            total += dC_dw
            w -= np.multiply(np.sign(total, out=a), rate, out=a)


def test_a_users_own_rule():
    w, dC_dw = np.zeros(2), np.array([3.0, -1.0])
    opt = SignDescent((w, dC_dw), lr=0.5)
    opt.step()
    dC_dw[:] = 2.0
    opt.step()
    assert w.tolist() == [-1, 0]
    assert opt.state_dict()["total"].tolist() == [5, 1]
    assert repr(opt) == "SignDescent(2 parameters, lr=0.5)"


GOOD = np.zeros(3)


@pytest.mark.parametrize("cls", [SGD, Adam])
@pytest.mark.parametrize(
    "pair, error, message",
    [
        (
            5,
            TypeError,
            "net_or_pair has type int, expected a net with flatten_parameters() "
            "or a tuple (w, dC_dw)",
        ),
        (
            np.zeros((2, 3)),
            TypeError,
            "net_or_pair has type ndarray, expected a net with flatten_parameters() "
            "or a tuple (w, dC_dw)",
        ),
        (
            (GOOD,),
            ValueError,
            "net_or_pair has length 1, expected 2, (w, dC_dw)",
        ),
        (
            (GOOD, [0.0] * 3),
            TypeError,
            "dC_dw has type list, expected an ndarray",
        ),
        (
            (np.zeros(3, int), GOOD),
            TypeError,
            "w has dtype int64, expected a floating one",
        ),
        (
            (np.zeros((3, 1)), GOOD),
            ValueError,
            "w has shape (3, 1), expected one axis",
        ),
        (
            (GOOD, np.zeros(6)[::2]),
            ValueError,
            "dC_dw has strides (16,), expected contiguous memory; "
            "step would update a copy",
        ),
        (
            (GOOD, np.zeros(4)),
            ValueError,
            "dC_dw has length 4, expected 3 as in w",
        ),
        (
            (GOOD, np.zeros(3, np.float32)),
            TypeError,
            "dC_dw has dtype float32, expected float64 as in w",
        ),
    ],
)
def test_wrong_vectors_are_refused(cls, pair, error, message):
    with pytest.raises(error) as info:
        cls(pair)
    assert str(info.value) == f"{cls.__name__}: {message}"


NUMBER = "expected a finite number >= 0"
UNIT = "expected a number >= 0 and < 1"


@pytest.mark.parametrize(
    "cls, setting, wrong, error, message",
    [
        (SGD, "lr", -0.1, ValueError, f"has value -0.1, {NUMBER}"),
        (SGD, "lr", math.nan, ValueError, f"has value nan, {NUMBER}"),
        (Adam, "lr", math.inf, ValueError, f"has value inf, {NUMBER}"),
        (SGD, "lr", "fast", TypeError, "has type str, expected a number"),
        (SGD, "momentum", 1, ValueError, f"has value 1, {UNIT}"),
        (SGD, "momentum", -0.5, ValueError, f"has value -0.5, {UNIT}"),
        (SGD, "dampening", True, TypeError, "has type bool, expected a number"),
        (SGD, "dampening", 1.5, ValueError, f"has value 1.5, {UNIT}"),
        (SGD, "weight_decay", -1, ValueError, f"has value -1, {NUMBER}"),
        (SGD, "l1", -1, ValueError, f"has value -1, {NUMBER}"),
        (Adam, "beta1", 1.0, ValueError, f"has value 1.0, {UNIT}"),
        (Adam, "beta2", math.nan, ValueError, f"has value nan, {UNIT}"),
        (Adam, "eps", -1e-8, ValueError, f"has value -1e-08, {NUMBER}"),
        (Adam, "weight_decay", None, TypeError, "has type NoneType, expected a number"),
        (Adam, "l1", -1, ValueError, f"has value -1, {NUMBER}"),
        (
            SGD,
            "schedule",
            0.5,
            TypeError,
            "has type float, expected a callable t -> factor",
        ),
    ],
)
def test_wrong_settings_are_refused(cls, setting, wrong, error, message):
    with pytest.raises(error) as info:
        cls((np.zeros(3), np.zeros(3)), **{setting: wrong})
    assert str(info.value) == f"{cls.__name__}: {setting} {message}"


def test_parameters_that_moved_are_noticed():
    """Otherwise the steps would go on in memory that nobody uses."""
    net = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    inner, outer = SGD(net[0]), None
    inner.step()
    outer = SGD(net)  # takes the parameters of net[0] to a larger vector
    outer.step()
    with pytest.raises(RuntimeError, match="parameters of the net moved"):
        inner.step()
    net.float()
    with pytest.raises(RuntimeError, match="parameters of the net moved"):
        outer.step()
    SGD(net).step()
    net.clear_state()
    SGD(net[1]).step()  # a stretch of the same vector
