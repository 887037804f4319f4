"""LARS and LAMB: a rate for each layer, by the length of its weights."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import LAMB, LARS, SGD, Adam, InverseTime, without_decay
from nnmods.optim.trust import trust_ratio
from nnmods.testing.compare import EXACT


def make_net():
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Linear(4, 2, rng=1))


def run(opt, net, steps=60):
    rng = np.random.default_rng(2)
    for _ in range(steps):
        opt.dC_dw[...] = rng.standard_normal(opt.w.size)
        opt.step()
    return {path: p.copy() for path, p, _ in net.named_parameters()}


def transcribed(rule, net, steps=60):
    """Return the parameters after steps ``w = rule(k, w, g, state)``."""
    rng = np.random.default_rng(2)
    result = {path: p.copy() for path, p, _ in net.named_parameters()}
    states = {path: {} for path in result}
    for k in range(1, steps + 1):
        flat = rng.standard_normal(sum(p.size for p in result.values()))
        for path, p in result.items():
            g, flat = flat[: p.size].reshape(p.shape), flat[p.size :]
            result[path] = rule(k, p, g, states[path])
    return result


def lars(k, w, g, state, lr=0.5, mu=0.9, decay=0.1, trust=0.02):
    ratio = trust / (np.linalg.norm(g) / np.linalg.norm(w) + decay)
    ratio = ratio if w.ndim > 1 else 1.0
    state["v"] = mu * state.get("v", 0) + ratio * (g + decay * w)
    return w - lr / k * state["v"]


def lamb(k, w, g, state, lr=0.1, beta1=0.8, beta2=0.9, eps=0.1, decay=0.1):
    m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g * g
    d = m / (1 - beta1**k) / (np.sqrt(v / (1 - beta2**k)) + eps) + decay * w
    ratio = np.linalg.norm(w) / np.linalg.norm(d) if w.ndim > 1 else 1.0
    return w - lr / k * ratio * d


CASES = {
    "LARS": (
        lambda net: LARS(net, 0.5, 0.9, 0.1, trust=0.02, schedule=InverseTime(1)),
        lars,
    ),
    "LAMB": (
        lambda net: LAMB(net, 0.1, 0.8, 0.9, 0.1, 0.1, schedule=InverseTime(1)),
        lamb,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_formula(name):
    make, rule = CASES[name]
    net = make_net()
    wanted = transcribed(rule, net)
    got = run(make(net), net)
    for path in wanted:
        np.testing.assert_allclose(got[path], wanted[path], rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize("make", [LARS, LAMB])
def test_a_step_has_the_same_share_of_each_matrix(make):
    """However large its gradient is."""
    net = make_net()
    settings = {"momentum": 0, "trust": 1} if make is LARS else {}
    opt = make(net, lr=0.125, weight_decay=0, **settings)
    before = [p.copy() for p in net.parameters()[0]]
    for factor, grad in zip((1e-6, 1, 1e6, 1), net.parameters()[1], strict=True):
        grad[...] = factor * np.random.default_rng(0).standard_normal(grad.shape)
    opt.step()
    for p, old in zip(net.parameters()[0], before, strict=True):
        if p.ndim > 1:
            share = np.linalg.norm(p - old) / np.linalg.norm(old)
            assert share == pytest.approx(0.125, rel=EXACT)


def test_vectors_go_as_by_the_rules_inside():
    w, g = np.random.default_rng(0).standard_normal((2, 8))
    ours, inside = w.copy(), w.copy()
    a, b = LARS((ours, g), lr=0.1), SGD((inside, g), lr=0.1, momentum=0.9)
    for _ in range(5):
        a.step()
        b.step()
    np.testing.assert_allclose(ours, inside, rtol=EXACT)
    ours, inside = w.copy(), w.copy()
    a = LAMB((ours, g), lr=0.1, eps=0, weight_decay=0)
    b = Adam((inside, g), lr=0.1, eps=0)
    for _ in range(5):
        a.step()
        b.step()
    np.testing.assert_allclose(ours, inside, rtol=EXACT)


@pytest.mark.parametrize("make", [LARS, LAMB])
def test_biases_are_spared_by_groups(make):
    net = make_net()
    opt = make(net, lr=0.5, weight_decay=1.0, groups=without_decay(net))
    before = {path: p.copy() for path, p, _ in net.named_parameters()}
    opt.zero_grad()
    opt.step()
    for path, p, _ in net.named_parameters():
        assert (p == before[path]).all() == path.endswith("bias")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_trust_ratio(dtype):
    w, d = np.array([3, 4], dtype), np.array([[0.0, 2.0]], dtype)
    assert trust_ratio(w, d) == 2.5
    assert trust_ratio(w, d, trust=0.5, decay=0.1) == pytest.approx(1, rel=1e-15)
    for wrong in (0, math.nan, math.inf):
        # a layer that is 0 has to get away from there
        assert trust_ratio(0 * w, d, trust=0.1) == 1
        assert trust_ratio(w, np.array([1, wrong * 1.0], dtype) * wrong) == 1
    assert isinstance(trust_ratio(w, d), float)


@pytest.mark.parametrize("make", [LARS, LAMB])
def test_nan_stays_where_it_is(make):
    net = make_net()
    opt = make(net)
    opt.dC_dw[...] = 1
    net[0].grad_weight[1, 2] = np.nan
    opt.step()
    assert np.isnan(net[0].weight).sum() == 1 and np.isfinite(net[1].weight).all()


def test_momentum_is_fixed():
    opt = LARS((np.ones(1), np.ones(1)), momentum=0)
    assert "velocity" not in opt.state_dict()
    with pytest.raises(AttributeError, match="momentum"):
        opt.momentum = 0.5
