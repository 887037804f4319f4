"""What gradients of single examples are compared with: a plain loop over them."""

import numpy as np

import nnmods as nn


def mlp(rng):
    return nn.Sequential(nn.Linear(4, 5, rng=rng), nn.Tanh(), nn.Linear(5, 3, rng=rng))


def loop(net, x, dC_dy):
    """Return the flat parameter gradients of each example, (N, P)."""
    found = []
    for n in range(len(x)):
        net.zero_grad_params()
        net.forward(x[n : n + 1])
        net.backprop(x[n : n + 1], dC_dy[n : n + 1])
        grads = [grad.ravel() for grad in net.parameters()[1]]
        found.append(np.concatenate(grads))
    return np.array(found)
