"""Moments: the family of rules that follow two running moments of the gradient."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class Moments(Optimizer):
    """Optimiser with running means ``m`` of the gradient and ``v`` of its square.

    ::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g^2

    Parameters
    ----------
    net_or_pair, lr, schedule, groups
        As in `Optimizer`.
    settings : dict of str to float
        ``beta1`` and ``beta2`` in [0, 1), and numbers of at least 0.
    state : tuple of str, default=()
        Names of further vectors.
    """

    def __init__(self, net_or_pair, lr, schedule, groups, settings, state=()):
        owner = type(self).__name__
        for name, value in settings.items():
            below = 1 if name.startswith("beta") else np.inf
            setattr(self, name, check_number(owner, name, value, below=below))
        super().__init__(net_or_pair, lr, schedule, ("m", "v", *state), groups=groups)

    def _followed(self, blocks, decay=0.0, l1=0.0, shrink=1.0):
        """Yield each block ``(w, g, m, v, *more, a, b)`` when its moments followed g.

        g is the gradient with its penalties, in ``a`` or the given one itself: not to
        be written to. w is multiplied by ``shrink`` when g is known.
        """
        for w, dC_dw, m, v, *more, a, b in blocks:
            g = penalised(w, dC_dw, decay, l1, out=a, scratch=b)
            follow(g, m, v, self.beta1, self.beta2, b)
            if shrink != 1:
                np.multiply(w, shrink, w)
            yield w, g, m, v, *more, a, b

    def _decays(self, rate, decoupled):
        """Return the decay that is part of g, and the factor of w."""
        if decoupled:
            return 0.0, 1 - rate * self.weight_decay
        return self.weight_decay, 1.0

    def _corrections(self):
        """Return what the moments are divided by, as weighted means of all so far."""
        k = self.t + 1
        return 1 - self.beta1**k, 1 - self.beta2**k


def follow(g, m, v, beta1, beta2, scratch):
    """Let ``m`` follow ``g``, and ``v`` its square.

    Examples
    --------
    >>> m, v = np.zeros(1), np.ones(1)
    >>> follow(np.array([4.0]), m, v, 0.5, 0.75, np.empty(1))
    >>> m, v
    (array([2.]), array([4.75]))
    """
    kind = m.dtype.char
    axpby(number(1 - beta1, kind), g, number(beta1, kind), m, scratch)
    np.multiply(g, g, scratch)
    axpby(number(1 - beta2, kind), scratch, number(beta2, kind), v, scratch)


def descend(w, m, v, length, eps, scratch):
    """Take ``length * m / (sqrt(v) + eps)`` off ``w``.

    Examples
    --------
    >>> w = np.ones(1)
    >>> descend(w, np.array([4.0]), np.array([9.0]), 0.5, 1.0, np.empty(1))
    >>> w
    array([0.5])
    """
    np.add(np.sqrt(v, scratch), number(eps, w.dtype.char), scratch)
    axpby(-length, np.divide(m, scratch, scratch), 1, w, scratch)


def descend_proximal(w, m, v, length, eps, threshold, a, b):
    """Do as `descend`, then take off L1, each weight scaled as its step was.

    ``w = sign(w) * max(|w| - threshold / (sqrt(v) + eps), 0)``

    Examples
    --------
    >>> w, m, v = np.array([1.0, 1.0]), np.array([4.0, 1.0]), np.array([9.0, 0.0])
    >>> descend_proximal(w, m, v, 0.5, 1.0, 1.0, np.empty(2), np.empty(2))
    >>> w
    array([0.25, 0.  ])
    """
    np.add(np.sqrt(v, a), number(eps, w.dtype.char), a)
    np.divide(m, a, b)
    axpby(-length, b, 1, w, b)
    np.divide(threshold, a, a)  # that of each weight
    np.maximum(w, np.negative(a, b), out=b)
    np.minimum(b, a, out=b)
    np.subtract(w, b, w)
