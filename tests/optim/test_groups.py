"""Groups: some parameters have settings of their own, and all the rest is as ever."""

import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim


def make_net(dtype="float64"):
    net = nn.Sequential(
        nn.Linear(3, 4, rng=0), nn.BatchNormalization(4, rng=1), nn.Linear(4, 2, rng=2)
    )
    return net.astype(dtype)


def fill(opt, seed):
    opt.dC_dw[...] = np.random.default_rng(seed).standard_normal(opt.w.size)


MAKERS = {
    "SGD": lambda net, **own: optim.SGD(net, lr=0.1, momentum=0.9, **own),
    "Adam": lambda net, **own: optim.Adam(net, lr=0.1, **own),
    "AdamW": lambda net, **own: optim.AdamW(net, lr=0.1, amsgrad=True, **own),
    "NAdam": lambda net, **own: optim.NAdam(net, lr=0.1, **own),
    "RAdam": lambda net, **own: optim.RAdam(net, lr=0.1, **own),
    "Lion": lambda net, **own: optim.Lion(net, lr=0.1, **own),
    "LARS": lambda net, **own: optim.LARS(net, lr=0.1, **own),
    "LAMB": lambda net, **own: optim.LAMB(net, lr=0.1, **own),
    "Adafactor": lambda net, **own: optim.Adafactor(net, lr=0.1, **own),
    "Muon": lambda net, **own: optim.Muon(net, lr=0.1, **own),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", MAKERS)
def test_each_group_moves_as_if_it_were_alone(name, dtype):
    groups = {"*.bias": {"weight_decay": 0.5}, "2.*": {"lr": 0.01}}
    net = make_net(dtype)
    grouped = MAKERS[name](net, groups=groups)
    settings = {"0.weight": {}, "0.bias": {"weight_decay": 0.5}, "1.weight": {}}
    settings |= {"1.bias": settings["0.bias"], "2.bias": settings["0.bias"]}
    settings |= {"2.weight": {"lr": 0.01}}
    others = {}
    for path, own in settings.items():
        other = make_net(dtype)
        opt = MAKERS[name](other)
        for key, value in own.items():
            setattr(opt, key, value)
        others[path] = other, opt
    for seed in range(70):  # past the search for tiny numbers
        for opt in (grouped, *(opt for _, opt in others.values())):
            fill(opt, seed)
            opt.step()
    for path, p, _ in net.named_parameters():
        alone = dict((q, v) for q, v, _ in others[path][0].named_parameters())
        np.testing.assert_array_equal(p, alone[path])


def test_decay_spares_biases_and_norms():
    net = make_net()
    before = {path: p.copy() for path, p, _ in net.named_parameters()}
    opt = optim.SGD(net, 0.5, weight_decay=1.0, groups=optim.without_decay(net))
    opt.zero_grad()
    opt.step()
    for path, p, _ in net.named_parameters():
        factor = 0.5 if path in ("0.weight", "2.weight") else 1.0
        np.testing.assert_array_equal(p, factor * before[path])


def test_a_rate_of_its_own_stays_when_that_of_the_whole_changes():
    opt = optim.SGD(make_net(), 0.5, groups={"0.*": {"lr": 0.25}, "1.*": {}})
    opt.lr = 0.125
    assert [group.lr for group in opt.groups.values()] == [0.25, 0.125]
    opt.groups["0.*"].lr = 2.0
    assert opt.lr == 0.125
    saved = opt.state_dict()
    opt.lr = opt.groups["0.*"].lr = 7.0
    opt.load_state_dict(saved)
    assert [opt.lr, *(g.lr for g in opt.groups.values())] == [0.125, 2.0, 0.125]


def test_a_schedule_is_one_for_all_groups():
    opt = optim.SGD(make_net(), groups={"0.*": {"lr": 0.25}})
    with pytest.raises(AttributeError, match="schedule is one for all groups"):
        opt.groups["0.*"].schedule = optim.Constant()
    opt.schedule = optim.Step(1, factor=0.5)
    assert opt.groups["0.*"].schedule is opt.schedule


def test_a_group_is_an_optimiser_of_the_same_class():
    opt = optim.AdamW(make_net(), groups={"0.*": {"lr": 0.25}})
    group = opt.groups["0.*"]
    assert isinstance(group, optim.AdamW) and repr(group) == "AdamW(lr=0.25)"
    assert group.beta1 == 0.9 and group.w is opt.w
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        _ = group.nonesuch
    alone = pickle.loads(pickle.dumps(group))
    assert alone.lr == 0.25 and alone._whole.groups["0.*"] is alone


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_copies_go_on_by_themselves(duplicate):
    opt = optim.Adam(make_net(), groups={"*.weight": {"lr": 0.1}})
    fill(opt, 0)
    opt.step()
    other = duplicate(opt)
    other.groups["*.weight"].lr = 0.0
    other.lr = 0.0
    before = other.w.copy()
    fill(other, 1)
    other.step()
    np.testing.assert_array_equal(other.w, before)
    assert opt.groups["*.weight"].lr == 0.1 and not np.shares_memory(opt.w, other.w)


def test_shared_parameters_are_one():
    first = nn.Linear(3, 3, rng=0)
    net = nn.Sequential(first, first.clone(share=True))
    opt = optim.SGD(net, 1.0, weight_decay=0.5, groups={"*.bias": {"weight_decay": 0}})
    w = opt.w.copy()
    opt.zero_grad()
    opt.step()
    np.testing.assert_array_equal(opt.w, w * np.repeat([0.5, 1.0], [9, 3]))


def test_a_pair_is_one_parameter_without_a_name():
    opt = optim.SGD((np.ones(3), np.zeros(3)), 1.0, groups={"*": {"weight_decay": 0.5}})
    opt.step()
    np.testing.assert_array_equal(opt.w, 0.5)


@pytest.mark.parametrize(
    "groups, error, message",
    [
        ({"3.*": {}}, ValueError, "pattern '3.*', expected one that matches"),
        ({"*": {}, "0.*": {}}, ValueError, "left by those before it"),
        ({"*": {"momentun": 1}}, ValueError, "setting 'momentun', expected one of lr"),
        ({"*": {"schedule": None}}, ValueError, "setting 'schedule'"),
        ({"*": {"lr": -1}}, ValueError, "lr has value -1"),
        ({"*": {"momentum": 0.5}}, ValueError, "need the vectors ('velocity',)"),
        (
            {"*": {"weight_decay": np.zeros(0)}},
            ValueError,
            "weight_decay of shape (0,)",
        ),
        ({"*": {"rates": [1.0, 2.0]}}, ValueError, "rates of shape (2,), expected one"),
        ({"*": 3}, TypeError, "settings of type int"),
        ([1], TypeError, "groups has type list"),
    ],
)
def test_refusals(groups, error, message):
    with pytest.raises(error) as caught:
        optim.SGD(make_net(), groups=groups)
    assert str(caught.value).startswith("SGD: ") and message in str(caught.value)
