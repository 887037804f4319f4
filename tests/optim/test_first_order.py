"""First-order rules in a net: groups, saved state, nan, and pickles."""

import copy
import pickle

import numpy as np
import pytest
from optim.first_order import of_curvature

import nnmods as nn
from nnmods import optim

RULES = {
    "SGD, vectors": lambda net, **own: optim.SGD(
        net,
        **{
            "momentum": 0.9,
            "rates": np.linspace(0, 2, size_of(net)),
            "weight_decay": np.linspace(0, 1, size_of(net)),
            **own,
        },
    ),
    "NAG": lambda net, **own: optim.NAG(
        net, **{"rates": np.linspace(0, 2, size_of(net)), **own}
    ),
    "ASGD": lambda net, **own: optim.ASGD(net, **{"t0": 3, **own}),
    "Adagrad": lambda net, **own: optim.Adagrad(net, **own),
    "Adadelta": lambda net, **own: optim.Adadelta(net, **own),
    "Adamax": lambda net, **own: optim.Adamax(net, **own),
    "RMSprop": lambda net, **own: optim.RMSprop(
        net, **{"momentum": 0.5, "centered": True, **own}
    ),
    "Rprop": lambda net, **own: optim.Rprop(net, **own),
    "DiagonalLM": lambda net, **own: of_curvature(optim.DiagonalLM(net, **own)),
}
every_rule = pytest.mark.parametrize("name", RULES)


def size_of(net):
    return net[0].size if isinstance(net, tuple) else net.flatten_parameters()[0].size


def make_net(dtype="float64"):
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=2))
    return net.astype(dtype)


def step(opt, seed):
    """Step with a gradient of ``seed``, wherever it is taken."""

    def fun():
        rng = np.random.default_rng(seed)
        opt.dC_dw[...] = rng.standard_normal(opt.w.size)
        return 0.0

    opt.step(fun)


#: Settings of the group of the biases, in which w moves otherwise than without.
OF_BIASES = {
    "SGD, vectors": {"weight_decay": 0.5, "rates": None, "momentum": 0.5},
    "NAG": {"momentum": 0.5, "rates": None},
    "ASGD": {"lambd": 0.5, "t0": 10, "lr": 0.1},
    "Adagrad": {"initial_sum": 2.0},
    "Adadelta": {"rho": 0.5, "eps": 0.1},
    "Adamax": {"beta1": 0.5, "eps": 0.1},
    "RMSprop": {"initial_mean": 2.0, "momentum": 0.9},
    "Rprop": {"lr": 0.25, "eta_plus": 2.0},
    "DiagonalLM": {"lr": 0.5, "mu": 1.0, "weight_decay": 0.25},
}


@every_rule
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_group_moves_as_if_it_were_alone(name, dtype):
    nets = [make_net(dtype) for _ in range(3)]
    grouped = RULES[name](nets[0], groups={"*.bias": OF_BIASES[name]})
    weights, biases = RULES[name](nets[1]), RULES[name](nets[2], **OF_BIASES[name])
    start = grouped.w.copy()
    for seed in range(70):  # past the search for tiny numbers
        for opt in (grouped, weights, biases):
            step(opt, seed)
    is_bias = np.zeros(grouped.w.size, bool)
    for slot in optim.groups.slots_of(nets[0], grouped.w):
        is_bias[slot.span] = slot.path.endswith("bias")
    np.testing.assert_array_equal(grouped.w, np.where(is_bias, biases.w, weights.w))
    assert (biases.w != weights.w).all()
    # the first weight has the rate 0 in some
    assert (grouped.w != start)[1:].all()


@every_rule
def test_a_state_taken_in_the_middle_goes_on_to_the_same_bits(name):
    net, other = make_net(), make_net()
    opt = RULES[name](net)
    for seed in range(10):
        step(opt, seed)
    again = RULES[name](other)
    again.w[...] = opt.w
    again.load_state_dict(opt.state_dict())
    for seed in range(10, 80):
        step(opt, seed)
        step(again, seed)
    np.testing.assert_array_equal(again.w, opt.w)
    for key, value in opt.state_dict().items():
        np.testing.assert_array_equal(again.state_dict()[key], value)


@every_rule
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_copies_go_on_by_themselves(name, duplicate):
    opt = RULES[name](make_net(), groups={"*.bias": OF_BIASES[name]})
    for seed in range(5):
        step(opt, seed)
    other = duplicate(opt)
    before = opt.w.copy()
    step(other, 5)
    np.testing.assert_array_equal(opt.w, before)
    step(opt, 5)
    np.testing.assert_array_equal(opt.w, other.w)
    assert repr(opt) == repr(other)


@every_rule
def test_nan_stays_where_it_is(name):
    w, dC_dw = np.ones(5), np.ones(5)
    opt = RULES[name]((w, dC_dw))
    for t in range(130):
        dC_dw[2] = np.nan if t == 3 else 1.0
        opt.step(lambda: 0.0)
    assert np.isnan(w).tolist() == [False, False, True, False, False]


@every_rule
def test_empty_vectors(name):
    opt = RULES[name]((np.zeros(0), np.zeros(0)))
    opt.step(lambda: 0.0)
    opt.load_state_dict(opt.state_dict())
    assert opt.t == 1


@every_rule
def test_repr_shows_what_is_not_the_default(name):
    opt = RULES[name]((np.ones(3), np.ones(3)), lr=0.125)
    start = f"{type(opt).__name__}(3 parameters, lr=0.125"
    assert repr(opt) == {
        "SGD, vectors": f"{start}, momentum=0.9, weight_decay of 3, rates of 3)",
        "NAG": f"{start}, rates of 3)",
        "ASGD": f"{start}, t0=3.0)",
        "RMSprop": f"{start}, momentum=0.5, centered=True)",
    }.get(name, f"{start})")
