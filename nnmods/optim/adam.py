"""Adam: steps scaled by running moments of the gradient."""

import math

import numpy as np

from nnmods.optim.blocks import number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class Adam(Optimizer):
    """Adam, and AdamW with ``decoupled=True``.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g^2
        w = w - rate * sqrt(1 - beta2^k) / (1 - beta1^k) * m / (sqrt(v) + eps)

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``. This is Torch7's
    form [1]_, which [2]_ gives in section 2 as the efficient one: ``eps`` stands beside
    the square root of the *uncorrected* v. Algorithm 1 of [2]_, and PyTorch, add it
    after the correction, so that their eps is ``eps / sqrt(1 - beta2^k)`` here.

    With ``decoupled``, g leaves the weight decay out, and w is multiplied by
    ``1 - rate * weight_decay`` before the step [3]_: large gradients then do not shield
    their weights from decay. The L1 term is part of g either way.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.001
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1).
    eps : float, default=1e-8
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
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
    .. [1] Torch7, optim, ``adam.lua``: the same steps for the same settings.
    .. [2] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [3] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019,
           with ``rate * weight_decay`` for its factor, as in PyTorch's AdamW.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = Adam((w, dC_dw), lr=0.25)
    >>> opt.step()  # the first step has length lr, whatever the gradient's
    >>> w.round(3)
    array([0.75, 2.25])
    >>> opt
    Adam(2 parameters, lr=0.25)
    """

    def __init__(
        self,
        net_or_pair,
        lr=1e-3,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        weight_decay=0.0,
        l1=0.0,
        decoupled=False,
        schedule=None,
        groups=None,
    ):
        self.beta1 = check_number("Adam", "beta1", beta1, below=1)
        self.beta2 = check_number("Adam", "beta2", beta2, below=1)
        self.eps = check_number("Adam", "eps", eps)
        self.weight_decay = check_number("Adam", "weight_decay", weight_decay)
        self.l1 = check_number("Adam", "l1", l1)
        self.decoupled = bool(decoupled)
        super().__init__(net_or_pair, lr, schedule, ("m", "v"), groups=groups)

    def _update(self, rate, blocks):
        k = self.t + 1
        length = rate * math.sqrt(1 - self.beta2**k) / (1 - self.beta1**k)
        decay = 0.0 if self.decoupled else self.weight_decay
        shrink = 1 - rate * self.weight_decay if self.decoupled else 1.0
        kind = self.w.dtype.char
        beta1, rest1 = number(self.beta1, kind), number(1 - self.beta1, kind)
        beta2, rest2 = number(self.beta2, kind), number(1 - self.beta2, kind)
        eps = number(self.eps, kind)
        for w, dC_dw, m, v, a, b in blocks:
            g = penalised(w, dC_dw, decay, self.l1, out=a, scratch=b)
            np.multiply(m, beta1, m)
            np.add(m, np.multiply(g, rest1, b), m)
            np.multiply(v, beta2, v)
            np.multiply(g, g, b)
            np.add(v, np.multiply(b, rest2, b), v)
            np.add(np.sqrt(v, a), eps, a)
            np.divide(m, a, a)
            if shrink != 1:
                np.multiply(w, shrink, w)
            np.subtract(w, np.multiply(a, length, a), w)
