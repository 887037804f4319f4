"""A step of a flattened net is one pass over one vector, however many modules."""

import numpy as np
import pytest
from kernels.counting import UFUNCS, counted

import nnmods as nn
from nnmods import optim


def net_of(depth):
    return nn.Sequential(*(nn.Linear(6, 6, rng=i) for i in range(depth)))


def ufuncs_of_a_step(make, depth):
    opt = make(net_of(depth))
    opt.step()  # at first the velocity is 0, and undamped
    opt.dC_dw[...] = 1
    with counted(*UFUNCS, "copyto") as calls:
        opt.step()
    return calls


@pytest.mark.parametrize(
    "settings, wanted",
    [
        ({}, {"multiply": 1, "add": 1}),  # w += -rate * dC_dw
        ({"momentum": 0.9}, {"multiply": 2, "add": 2}),
        ({"momentum": 0.9, "nesterov": True}, {"multiply": 3, "add": 3}),
        ({"weight_decay": 0.1}, {"multiply": 2, "add": 2}),
    ],
)
@pytest.mark.parametrize("depth", [1, 3, 30])
def test_ufuncs_of_sgd(settings, wanted, depth):
    assert ufuncs_of_a_step(lambda net: optim.SGD(net, **settings), depth) == wanted


@pytest.mark.parametrize("make", [optim.Adam, optim.SGD])
def test_as_many_for_one_module_as_for_many(make):
    assert ufuncs_of_a_step(make, 1) == ufuncs_of_a_step(make, 30)


def test_the_pass_is_over_the_one_vector_of_the_net():
    net = net_of(5)
    opt = optim.SGD(net, lr=1.0)
    assert opt.w.size == 5 * (6 * 6 + 6)
    before = opt.w.copy()
    opt.dC_dw[...] = 1
    opt.step()
    np.testing.assert_array_equal(opt.w, before - 1)
    for p in net.parameters()[0]:
        assert np.shares_memory(p, opt.w)
