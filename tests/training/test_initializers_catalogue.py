"""Initializers on every class of the catalogue, alone and within flat parameters."""

import numpy as np
import pytest
from cases.params import CASES

import nnmods as nn
from nnmods.training import identity, lsuv, orthogonal, sparse, xavier
from nnmods.training.initializers.weights import weights_of


@pytest.mark.parametrize("case", CASES)
def test_weights_alone_change_and_in_place(case):
    net, x = case.make().double(), case.inputs(np.random.default_rng(1))
    changing = {id(weight.module) for weight in weights_of("test", net)}
    w, _ = net.flatten_parameters()
    for initialize in (orthogonal, xavier, identity, lambda net: sparse(net, k=2)):
        before = w.copy()
        initialize(net)
        assert np.isfinite(w).all()
        assert changing or np.array_equal(w, before)
        assert net.flatten_parameters()[0] is w
        net.forward(x)


@pytest.mark.parametrize("case", CASES)
def test_lsuv_runs_on_each(case):
    net, x = case.make().double(), case.inputs(np.random.default_rng(1))
    w, _ = net.flatten_parameters()
    nn.manual_seed(2)
    lsuv(net, x)
    assert np.isfinite(w).all() and net.flatten_parameters()[0] is w
