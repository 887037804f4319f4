"""Blame: which module made a number that is not finite."""

import numpy as np

from nnmods.core.leaves import leaves
from nnmods.core.watching import Watch


class Diverged(FloatingPointError):
    """The cost or its gradient is no longer finite."""


def blame_forward(net, x, y):
    """Return a phrase about where the values of a sweep forward cease to be finite.

    Parameters
    ----------
    net : Module
    x, y : ndarray or table
        Its input, and what it made of it.

    Examples
    --------
    >>> import nnmods as nn
    >>> net, x = nn.Sequential(nn.Square(), nn.Log()), np.zeros((2, 3))
    >>> with np.errstate(divide="ignore"):
    ...     blame_forward(net, x, net.forward(x))
    'Log (module 1) makes inf of a finite x'
    """
    if not is_finite(x):
        return f"the batch itself has {_worst(x)}"
    for path, p, _ in net.named_parameters():
        if not is_finite(p):
            return f"the parameter {path} has {_worst(p)}"
    if is_finite(y):
        return "the network's y is finite, so it is the criterion's doing"
    found = []

    def note(path, module, x, y):
        if not found and is_finite(x) and not is_finite(y):
            found.append(f"{_name(path, module)} makes {_worst(y)} of a finite x")

    with np.errstate(all="ignore"):
        Watch(net, after_forward=note).net.forward(x)
    return found[0] if found else "no module does it a second time"


def blame_backward(net, criterion, x, target):
    """Return a phrase about where the gradients of a sweep cease to be finite."""
    found = []

    def note(path, module, x, dC_dy, dC_dx):
        if found or not is_finite(dC_dy):
            return
        grads = module.parameters()[1]
        if not is_finite(dC_dx) or not is_finite(grads):
            found.append(f"{_name(path, module)} makes it of a finite dC_dy")

    with np.errstate(all="ignore"):
        watched = Watch(net, after_backward=note).net
        dC_dy = criterion.backward(watched.forward(x), target)
        if not is_finite(dC_dy):
            return "the criterion's dC_dy is not finite"
        watched.zero_grad_params()
        watched.backprop(x, dC_dy)
    return found[0] if found else "no module does it a second time"


def is_finite(x):
    """Tell whether all entries of an array, or of a table of arrays, are finite."""
    return all(np.isfinite(leaf).all() for leaf in leaves(x))


def _worst(x):
    return "nan" if any(np.isnan(leaf).any() for leaf in leaves(x)) else "inf"


def _name(path, module):
    return f"{type(module).__name__} (module {path})" if path else repr(module)
