"""RMSprop: steps scaled by the running mean square of the gradient."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class RMSprop(Optimizer):
    """RMSprop, with momentum and centring if wanted.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        v = alpha * v + (1 - alpha) * g^2             (from v = initial_mean)
        d = g / (sqrt(v) + eps)
        w = w - rate * d,                             rate = lr * schedule(t)

    With ``centered`` the root is that of a variance, ``max(v - m^2, 0)``, where
    ``m = alpha * m + (1 - alpha) * g``. With momentum ``b = momentum * b + d`` takes
    the place of d in the last line.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
    alpha : float, default=0.99
        In [0, 1).
    eps : float, default=1e-8
    momentum : float, default=0.0
        In [0, 1). Fixed, as its vector is made with the optimiser.
    centered : bool, default=False
        Fixed likewise.
    initial_mean : float, default=0.0
        Torch7's ``initialMean``. From 0 the first step of each weight has length
        ``lr / sqrt(1 - alpha)``, ten times lr; from 1 it is ``lr * g`` about.
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    v : ndarray, shape (n,)
    m : ndarray, shape (n,)
        Only if centered.
    velocity : ndarray, shape (n,)
        The b above; only with momentum.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``rmsprop.lua``: the same steps for the same settings.
    .. [2] T. Tieleman, G. Hinton, "Lecture 6.5, rmsprop", Coursera, 2012.
    .. [3] A. Graves, "Generating sequences with recurrent neural networks",
           arXiv:1308.0850, 2013, eq. (38) to (41): centred, with momentum, and with eps
           under the root.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = RMSprop((w, dC_dw), lr=0.5, alpha=0.75)
    >>> opt.step()
    >>> w.round(3)
    array([0., 3.])
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        alpha=0.99,
        eps=1e-8,
        momentum=0.0,
        centered=False,
        initial_mean=0.0,
        weight_decay=0.0,
        l1=0.0,
        schedule=None,
        groups=None,
    ):
        self.alpha = check_number("RMSprop", "alpha", alpha, below=1)
        self.eps = check_number("RMSprop", "eps", eps)
        self._momentum = check_number("RMSprop", "momentum", momentum, below=1)
        self._centered = bool(centered)
        self.initial_mean = check_number("RMSprop", "initial_mean", initial_mean)
        self.weight_decay = check_number("RMSprop", "weight_decay", weight_decay)
        self.l1 = check_number("RMSprop", "l1", l1)
        state = ("v",) + ("m",) * bool(centered) + ("velocity",) * (momentum != 0)
        super().__init__(net_or_pair, lr, schedule, state, groups=groups)
        self._fill("v", "initial_mean")

    @property
    def momentum(self):
        """The share of the velocity that is kept at each step."""
        return self._momentum

    @property
    def centered(self):
        """Whether the root is that of the gradient's variance."""
        return self._centered

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        eps, step = number(self.eps, kind), number(-rate, kind)
        alpha, rest = number(self.alpha, kind), number(1 - self.alpha, kind)
        momentum = number(self.momentum, kind)
        for w, dC_dw, v, *more, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            axpby(rest, np.multiply(g, g, b), alpha, v, b)
            mean_square = v
            if self.centered:
                m = more[0]
                axpby(rest, g, alpha, m, b)
                np.subtract(v, np.multiply(m, m, b), b)
                mean_square = np.clip(b, 0, np.inf, out=b)  # rounding may take it below
            np.add(np.sqrt(mean_square, b), eps, b)
            d = np.divide(g, b, a)
            if self.momentum:
                velocity = more[-1]
                axpby(1, d, momentum, velocity, b)
                d = velocity
            axpby(step, d, 1, w, a)
