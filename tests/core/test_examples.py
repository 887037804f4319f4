"""Gradients of single examples by the general way: a copy, one after another."""

import numpy as np

import nnmods as nn
from nnmods.testing.compare import EXACT


def test_each_example_begins_from_no_state():
    """The last module takes rows apart, so that the chain cannot do it."""
    around = nn.View(-1, 1), nn.Linear(1, 1, rng=1), nn.View(-1, 3)
    net = nn.Sequential(nn.GRU(3, 3, rng=0), *around)
    x = np.random.default_rng(0).standard_normal((4, 3))
    dC_dy = np.ones_like(net.forward(x))
    net.zero_grad_params()
    net.backward(x, dC_dy)
    found = net.per_example_grads(x, dC_dy)
    net.acc_grad_params(x, dC_dy)
    for single, grad in zip(found, net.parameters()[1], strict=True):
        np.testing.assert_allclose(single.sum(axis=0), grad, atol=EXACT)
