"""Lookahead: steps ahead and back, behind an optimiser's interface."""

import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import SGD, Adam, Lookahead, Step


def advance(opt, seed, steps):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        opt.dC_dw[...] = rng.standard_normal(opt.w.size)
        opt.step()


def test_steps_by_hand():
    w, dC_dw = np.array([8.0]), np.array([1.0])
    opt = Lookahead(SGD((w, dC_dw), lr=1.0), k=3, alpha=0.25)
    values = []
    for _ in range(7):
        opt.step()
        values.append((w[0], opt.slow[0]))
    assert values == [(7, 8), (6, 8), (7.25, 8)] + [
        (6.25, 7.25),
        (5.25, 7.25),
        (6.5, 7.25),
        (5.5, 6.5),
    ]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_vectors_inside_go_on_over_the_retreat(dtype):
    w = np.random.default_rng(0).standard_normal(50).astype(dtype)
    opt = Lookahead(Adam((w, np.zeros_like(w))), k=2, alpha=0.5)
    other = Adam((w.copy(), np.zeros_like(w)))
    for seed in range(5):
        slow = other.w.copy()
        for o in (opt, other):
            advance(o, seed, 2)
        other.w[...] = slow + (other.w - slow) * dtype(0.5)
        np.testing.assert_array_equal(opt.w, other.w)
    assert w.dtype == opt.slow.dtype == dtype


def test_a_share_of_1_is_the_optimiser_inside_but_for_rounding():
    pair = np.ones(3), np.ones(3)
    opt = Lookahead(SGD(pair, lr=0.5), k=1, alpha=1)
    advance(opt, 0, 20)
    other = SGD((np.ones(3), np.ones(3)), lr=0.5)
    advance(other, 0, 20)
    assert opt.w == pytest.approx(other.w, rel=1e-13)


def test_it_has_the_interface_of_the_optimiser_inside():
    net = nn.Linear(3, 2, rng=0)
    inner = SGD(net, lr=0.5, schedule=Step(2, 0.5), groups={"bias": {"lr": 0.125}})
    opt = Lookahead(inner, k=2)
    assert opt.net is net and opt.w is inner.w and opt.dC_dw is inner.dC_dw
    assert (opt.t, opt.lr, opt.current_lr, opt.needs_fun) == (0, 0.5, 0.5, False)
    assert opt.groups is inner.groups and opt.schedule is inner.schedule
    opt.dC_dw[...] = 1
    opt.zero_grad()
    assert not net.grad_weight.any()
    assert opt.step(lambda: 7) == 7.0 and opt.costs == [7.0] and opt.t == 1
    opt.lr, opt.schedule = 0.25, None
    assert (inner.lr, inner.schedule, opt.current_lr) == (0.25, None, 0.25)
    with pytest.raises(AttributeError, match="speed"):
        opt.speed()
    assert repr(opt) == f"Lookahead({inner!r}, k=2, alpha=0.5)"
    assert repr(Lookahead(opt)).startswith("Lookahead(Lookahead(SGD(8 parameters")


@pytest.mark.parametrize("taken", [4, 5])
def test_a_state_goes_on_where_it_was_taken(taken):
    def make():
        w = np.random.default_rng(0).standard_normal(5)
        return Lookahead(Adam((w, np.zeros(5)), lr=0.1), k=3)

    opt, again = make(), make()
    advance(opt, 0, taken)
    state, w = opt.state_dict(), opt.w.copy()
    assert set(state) == {"optimizer", "slow"}
    again.load_state_dict(state)
    again.w[...] = w
    advance(opt, 1, 7)
    advance(again, 1, 7)
    np.testing.assert_array_equal(again.w, opt.w)
    assert not np.array_equal(state["slow"], opt.slow)


def test_a_wrong_state_is_refused_before_anything_changes():
    opt = Lookahead(Adam((np.ones(3), np.ones(3))), k=2)
    advance(opt, 0, 3)
    good = opt.state_dict()
    advance(opt, 1, 1)
    now = opt.state_dict()
    for change, message in [
        ({"slow": np.ones(4)}, r"slow has shape \(4,\), expected \(3,\)"),
        ({"optimizer": good["optimizer"] | {"t": -1}}, "t has value -1"),
        ({"fast": 1}, "state has names"),
    ]:
        with pytest.raises(ValueError, match=message):
            opt.load_state_dict(good | change)
    np.testing.assert_equal(opt.state_dict(), now)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_copies_go_on_by_themselves(duplicate):
    opt = Lookahead(Adam(nn.Linear(3, 2, rng=0), lr=0.1), k=3)
    advance(opt, 0, 4)
    other = duplicate(opt)
    w = opt.w.copy()
    advance(other, 1, 4)
    np.testing.assert_array_equal(opt.w, w)
    assert np.shares_memory(other.w, other.net.weight)
    advance(opt, 1, 4)
    np.testing.assert_array_equal(opt.w, other.w)


def test_weights_that_were_written_between_are_where_it_starts():
    w, dC_dw = np.array([8.0]), np.array([1.0])
    opt = Lookahead(SGD((w, dC_dw), lr=1.0), k=1)
    w[:] = 2.0
    opt.step()
    assert w == [1.5]


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ((3,), TypeError, "optimizer has type int, expected an Optimizer"),
        ((None, 0), ValueError, "k has value 0, expected at least 1"),
        ((None, 2.5), TypeError, "k has type float, expected an integer"),
        ((None, 2, 1.5), ValueError, "alpha has value 1.5, expected a number from 0"),
    ],
)
def test_refusals(arguments, error, message):
    sgd = SGD((np.ones(1), np.ones(1)))
    with pytest.raises(error) as info:
        Lookahead(arguments[0] or sgd, *arguments[1:])
    assert str(info.value).startswith(f"Lookahead: {message}")
