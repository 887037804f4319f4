"""NAdam: Adam with Nesterov's momentum."""

import math
import operator
from functools import lru_cache
from itertools import accumulate

import numpy as np

from nnmods.kernels.axpby import axpby
from nnmods.optim.moments import Moments


class NAdam(Moments):
    """Adam that looks ahead along its momentum, as Nesterov's gradient does.

    ::

        g   = dC_dw + weight_decay * w + l1 * sign(w)
        m   = beta1 * m + (1 - beta1) * g
        v   = beta2 * v + (1 - beta2) * g^2
        mu  = beta1 * (1 - 0.96^(k * momentum_decay) / 2)         (mu' at k + 1)
        pi  = product of mu at 1, 2, ..., k                       (pi' to k + 1)
        d   = (1 - mu) / (1 - pi) * g + mu' / (1 - pi') * m
        w   = w - rate * d / (sqrt(v / (1 - beta2^k)) + eps)

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``. With ``decoupled``
    g leaves the weight decay out, and w is multiplied by ``1 - rate * weight_decay``
    before the step.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.002
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1).
    eps : float, default=1e-8
    momentum_decay : float, default=0.004
    weight_decay, l1 : float, default=0.0
        As in `SGD`.
    decoupled : bool, default=False
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    m, v : ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] T. Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.
    .. [2] PyTorch, ``torch.optim.NAdam``: the same steps for the same settings.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = NAdam((w, dC_dw), lr=0.25)
    >>> opt.step()
    >>> w.round(2)
    array([0.74, 2.26])
    >>> opt
    NAdam(2 parameters, lr=0.25)
    """

    def __init__(
        self,
        net_or_pair,
        lr=2e-3,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        momentum_decay=4e-3,
        weight_decay=0.0,
        l1=0.0,
        decoupled=False,
        schedule=None,
        groups=None,
    ):
        self.decoupled = bool(decoupled)
        settings = {"beta1": beta1, "beta2": beta2, "eps": eps, "l1": l1}
        settings |= {"momentum_decay": momentum_decay, "weight_decay": weight_decay}
        super().__init__(net_or_pair, lr, schedule, groups, settings)

    def _update(self, rate, blocks):
        root = math.sqrt(self._corrections()[1])
        of_g, of_m = factors(self.beta1, self.momentum_decay, self.t + 1)
        of_g, of_m = rate * root * of_g, rate * root * of_m
        eps = self.eps * root
        decay, shrink = self._decays(rate, self.decoupled)
        for w, g, m, v, a, b in self._followed(blocks, decay, self.l1, shrink):
            np.multiply(g, of_g, a)
            axpby(of_m, m, 1, a, b)
            np.add(np.sqrt(v, b), eps, b)
            np.subtract(w, np.divide(a, b, a), w)


def factors(beta1, momentum_decay, k):
    """Return the factors of g and m in d, ``(1 - mu) / (1 - pi)``, ``mu' / (1 - pi')``.

    Examples
    --------
    >>> factors(0.5, 0.0, 1)  # mu = 1/4, always
    (1.0, 0.26666666666666666)
    """
    # below 2^-54 a product is lost beside 1; lengths that double make few tables
    longest = math.ceil(54 / -math.log2(beta1)) if beta1 else 1
    length = min(longest, 1 << k.bit_length())
    products = _products(beta1, momentum_decay, length)
    pi, next_pi = (products[i - 1] if i <= length else 0.0 for i in (k, k + 1))
    mu, next_mu = (_momentum(beta1, momentum_decay, i) for i in (k, k + 1))
    return (1 - mu) / (1 - pi), next_mu / (1 - next_pi)


def _momentum(beta1, momentum_decay, k):
    return beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay))


@lru_cache(maxsize=64)
def _products(beta1, momentum_decay, length):
    momenta = (_momentum(beta1, momentum_decay, k) for k in range(1, length + 1))
    return list(accumulate(momenta, operator.mul))
