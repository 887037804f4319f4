"""Nets: what the experiments build them of, and how these get their gradients."""

import numpy as np

from nnmods.layers import Linear


def linear(in_features, out_features, bias=True, rng=0):
    """Return a `Linear` in float64, whatever the default dtype is."""
    return Linear(in_features, out_features, bias, dtype=np.float64, rng=rng)


def cost_of(net, criterion):
    """Return ``cost(x, target) -> C``, which fills the net's gradient, from 0 on."""
    _, dC_dw = net.flatten_parameters()

    def cost(x, target):
        dC_dw.fill(0)
        y = net.forward(x)
        C = criterion.forward(y, target)
        net.backprop(x, criterion.backward(y, target), input_grad=False)
        return C

    return cost


def accuracy(net, x, target):
    """Return the share of samples whose largest score is that of their class."""
    return float((net.forward(x).argmax(axis=1) == target).mean())
