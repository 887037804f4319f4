"""Nets: what the experiments build them of, and how these get their gradients."""

import numpy as np

from nnmods.activations import Tanh
from nnmods.containers import Sequential
from nnmods.data import load_digits, plus_minus_one
from nnmods.layers import Linear
from nnmods.training import lecun


def linear(in_features, out_features, bias=True, rng=0):
    """Return a `Linear` in float64, whatever the default dtype is."""
    return Linear(in_features, out_features, bias, dtype=np.float64, rng=rng)


def one_hidden_layer(inputs, hidden, outputs, rng):
    """Return a net of one hidden layer of `Tanh`, in float64."""
    first, last = linear(inputs, hidden), linear(hidden, outputs)
    return lecun(Sequential(first, Tanh(), last), rng=rng)


def coarse_digits(n, rng):
    """Return n digits of 4 x 4 pixels from 0 to 1, (n, 16), and targets of +-1."""
    digits = load_digits()
    chosen = rng.permutation(len(digits.target))[:n]
    x = digits.x[chosen].reshape(n, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(n, 16) / 16.0
    return x, plus_minus_one(digits.target[chosen], 10).astype(np.float64)


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


def distance(a, b):
    """Return |a - b| as a share of |b|."""
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def accuracy(net, x, target):
    """Return the share of samples whose largest score is that of their class."""
    return float((net.forward(x).argmax(axis=1) == target).mean())
