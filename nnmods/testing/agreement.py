"""Two ways to one number: how far a gradient step, and reading back, are apart."""

import pickle

import numpy as np

from nnmods.core.tables import copied
from nnmods.testing.compare import leaves


def update_error(module, x, dC_dy, lr=0.3):
    """Return how far the ways to one gradient step are apart, the largest difference.

    Torch7's ``testAllUpdate``: `acc_grad_params` and `update_params`;
    `acc_update_grad_params`; and each of two modules of shared parameters, which
    together take the step twice.
    """
    stepped, at_once = module.clone(), module.clone()
    for other in (stepped, at_once):
        other.zero_grad_params().forward(x)
        other.backward(x, dC_dy)
    stepped.acc_grad_params(x, dC_dy)
    stepped.update_params(lr)
    at_once.acc_update_grad_params(x, dC_dy, lr)
    first = module.clone().zero_grad_params()
    second = first.clone(share=True)
    for other in (first, second):
        other.forward(x)
        other.backward(x, dC_dy)
        other.acc_grad_params(x, dC_dy)
    first.update_params(lr)
    differences = [0.0]
    for start, once, other, shared in zip(
        *(m.parameters()[0] for m in (module, stepped, at_once, first)), strict=True
    ):
        twice = start + 2 * (once - start)
        for a, b in ((once, other), (twice, shared)):
            differences.append(float(np.max(np.abs(a - b), initial=0.0)))
    return max(differences)


def io_error(module, x, dC_dy):
    """Return the largest difference that writing and reading a module makes.

    Torch7's ``testIO``: y, dC_dx and the parameter gradients of a pickled copy.
    """
    results = []
    for other in (module, pickle.loads(pickle.dumps(module))):
        y = copied(other.forward(x))
        kept = copied(other.parameters()[1])
        other.zero_grad_params()
        dC_dx = copied(other.backprop(x, dC_dy))
        results.append(leaves([y, dC_dx, copied(other.parameters()[1])]))
        for grad, value in zip(other.parameters()[1], kept, strict=True):
            grad[...] = value
    pairs = zip(*results, strict=True)
    return max(float(np.max(np.abs(a - b), initial=0.0)) for a, b in pairs)
