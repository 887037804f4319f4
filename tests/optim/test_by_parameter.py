"""Rules with arrays of their own for each parameter: states, copies, memory."""

import copy
import pickle

import numpy as np
import pytest
from memory import taken

import nnmods as nn
from nnmods.optim import LAMB, LARS, Adafactor, Muon

RULES = {
    "Adafactor": Adafactor,
    "Muon": Muon,
    "Muon, groups": lambda net: Muon(net, groups={"0.*": {"orthogonal": False}}),
    "LARS": LARS,
    "LAMB": LAMB,
}
every_rule = pytest.mark.parametrize("make", RULES.values(), ids=RULES)


def make_net(dtype="float64", width=3):
    first = nn.SpatialConvolution(width, 4, kernel_size=3, rng=0)
    return nn.Sequential(first, nn.Linear(width, width, rng=1)).astype(dtype)


def advance(opt, seed, steps=3):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        opt.dC_dw[...] = rng.standard_normal(opt.w.size)
        opt.step()


@every_rule
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_state_goes_on_where_it_was_taken(make, dtype):
    opt = make(make_net(dtype))
    advance(opt, 0)
    state, w = opt.state_dict(), opt.w.copy()
    saved = copy.deepcopy(state)
    again = make(make_net(dtype))
    advance(again, 7, steps=2)
    again.load_state_dict(state)
    again.w[...] = w
    advance(opt, 1)
    advance(again, 1)
    np.testing.assert_array_equal(again.w, opt.w)
    assert again.w.dtype == dtype and again.t == 6
    np.testing.assert_equal(state, saved)  # neither direction shares memory


@every_rule
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_copies_go_on_by_themselves(make, duplicate):
    opt = make(make_net())
    advance(opt, 0)
    other = duplicate(opt)
    w = opt.w.copy()
    advance(other, 1)
    np.testing.assert_array_equal(opt.w, w)
    advance(opt, 1)
    np.testing.assert_array_equal(opt.w, other.w)


@pytest.fixture
def small_buffers():
    """Where NumPy reduces or casts: they have 8192 entries otherwise."""
    with np.errstate():  # which restores it
        np.setbufsize(16)
        yield


@every_rule
def test_a_step_allocates_nothing(make, small_buffers):
    opt = make(make_net("float32", width=200))
    advance(opt, 0)
    assert taken(lambda: [opt.step() for _ in range(3)]) < 8192


@pytest.mark.parametrize("make", [Adafactor, Muon, LARS, LAMB])
def test_a_net_without_parameters(make):
    opt = make(nn.Sequential(nn.Tanh()))
    opt.step()
    opt.load_state_dict(opt.state_dict())
    opt = make((np.zeros(0), np.zeros(0)))
    opt.step()
    assert opt.t == 1


@every_rule
def test_tiny_moments_are_set_to_0(make):
    """They would be subnormal numbers soon, which are slow."""
    opt = make(make_net("float32"))
    advance(opt, 0)
    opt.zero_grad()
    for name in opt.state_dict().keys() & {"m", "v", "velocity"}:
        getattr(opt, name)[...] = 1e-36
    for own in getattr(opt, "by_path", {}).values():
        for array in own.values():
            array[...] = 1e-36
    for _ in range(64):
        opt.step()
    state = opt.state_dict()
    arrays = [state[name] for name in state.keys() & {"m", "v", "velocity"}]
    for own in state.get("by_path", {}).values():
        arrays += own.values()
    assert arrays and not any(array.any() for array in arrays)


@pytest.mark.parametrize("make", [Adafactor, Muon])
def test_a_wrong_state_is_refused_before_anything_changes(make):
    opt = make(make_net())
    advance(opt, 0)
    state = opt.state_dict()
    wrong = copy.deepcopy(state) | {"t": 70}
    own = wrong["by_path"]["1.weight"]
    name, array = next(iter(own.items()))
    for value, message in [
        (np.zeros(3), rf"\['1.weight'\]: {name} has shape \(3,\), expected"),
        (array * 1j, rf"\['1.weight'\]: {name} has dtype complex128, expected real"),
        (None, rf"\['1.weight'\]: {name} has shape \(\), expected"),
    ]:
        own[name] = value
        with pytest.raises(ValueError, match=message):
            opt.load_state_dict(wrong)
    del wrong["by_path"]["1.weight"]
    with pytest.raises(ValueError, match="by_path: state has names"):
        opt.load_state_dict(wrong)
    with pytest.raises(TypeError, match="by_path: state has type NoneType, expected"):
        opt.load_state_dict(state | {"by_path": None})
    np.testing.assert_equal(opt.state_dict(), state)
