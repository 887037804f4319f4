"""SGD: steps down the gradient, with momentum and weight penalties."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised, soft_threshold


class SGD(Optimizer):
    """Stochastic gradient descent.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        v = g                                          (first step)
        v = momentum * v + (1 - dampening) * g         (later steps)
        d = g + momentum * v  with nesterov,  v  without
        w = w - rate * d,                rate = lr * schedule(t) * rates

    Without momentum ``d = g``, without ``rates`` their factor is 1. With ``proximal`` g
    leaves the L1 term out, and the step ends with the soft threshold
    ``w = sign(w) * max(|w| - rate * l1, 0)`` instead.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
    momentum : float, default=0.0
        In [0, 1). Fixed, as its vector is made with the optimiser.
    dampening : float, default=0.0
        In [0, 1). Torch7's own default is ``momentum``.
    nesterov : bool, default=False
        Needs momentum, and no dampening.
    weight_decay : float or ndarray, shape (n,), default=0.0
        The cost ``C + alpha * |w|_2^2`` has the gradient ``dC_dw + 2 * alpha * w``: as
        in Torch7 and PyTorch, ``weight_decay`` stands for ``2 * alpha``. Each step then
        multiplies w, biases and all, by ``1 - rate * weight_decay``, hence the name.
        A vector has a number for each weight, Torch7's ``weightDecays``, and is copied.
    l1 : float, default=0.0
        Factor alpha of the cost ``alpha * |w|_1``. By the subgradient, weights that
        are of no use end up going back and forth within ``rate * l1`` of 0.
    proximal : bool, default=False
        Whether to take L1 by the soft threshold: it makes such weights exactly 0.
    rates : ndarray, shape (n,), default=None
        A factor of the rate for each weight, Torch7's ``learningRates``. It is copied;
        write to ``opt.rates[...]`` to change it.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`: numbers only, or
        ``{"rates": None}``.

    Attributes
    ----------
    velocity : ndarray, shape (n,)
        The v above; only with momentum.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``sgd.lua``: the same steps for the same settings.
    .. [2] I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of
           initialization and momentum in deep learning", ICML 2013.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([4.0, -4.0])
    >>> opt = SGD((w, dC_dw), lr=0.25, momentum=0.5)
    >>> opt.step()
    >>> w
    array([0., 3.])
    >>> opt.step()  # v = 0.5 * 4 + 4
    >>> w
    array([-1.5,  4.5])
    >>> opt
    SGD(2 parameters, lr=0.25, momentum=0.5)
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        momentum=0.0,
        dampening=0.0,
        nesterov=False,
        weight_decay=0.0,
        l1=0.0,
        proximal=False,
        rates=None,
        schedule=None,
        groups=None,
    ):
        self._momentum = check_number("SGD", "momentum", momentum, below=1)
        self.dampening = check_number("SGD", "dampening", dampening, below=1)
        self.nesterov = bool(nesterov)
        vectors = {"_rates": rates}
        if isinstance(weight_decay, np.ndarray):
            vectors["_weight_decay"] = weight_decay
        else:
            self._weight_decay = check_number("SGD", "weight_decay", weight_decay)
        self.l1 = check_number("SGD", "l1", l1)
        self.proximal = bool(proximal)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError(
                f"SGD: nesterov has momentum {momentum} and dampening {dampening}, "
                "expected momentum > 0 and dampening 0"
            )
        state = ("velocity",) if momentum else ()
        super().__init__(
            net_or_pair, lr, schedule, state, groups=groups, vectors=vectors
        )

    @property
    def momentum(self):
        """The share of the velocity that is kept at each step."""
        return self._momentum

    @property
    def rates(self):
        """The factors of the rate, a vector like w, or None."""
        return self._rates

    @property
    def weight_decay(self):
        """A number, which may be assigned, or a vector, which may be written to."""
        return self._weight_decay

    @weight_decay.setter
    def weight_decay(self, value):
        if isinstance(vars(self).get("_weight_decay"), np.ndarray):
            raise AttributeError("weight_decay is a vector: write to it in place")
        self._weight_decay = check_number("SGD", "weight_decay", value)

    def _update(self, rate, blocks):
        l1 = 0.0 if self.proximal else self.l1
        decay, rates, momentum = self.weight_decay, self.rates, self.momentum
        by_weight = isinstance(decay, np.ndarray)
        step = number(-rate, self.w.dtype.char)
        for w, dC_dw, *vectors, a, b in blocks:
            if by_weight:
                decay = vectors[-1]
            d = penalised(w, dC_dw, decay, l1, out=a, scratch=b)
            if momentum:
                d = self._accelerate(vectors[0], d, a, b)
            if rates is not None:
                rates = vectors[len(self._state)]
                d = np.multiply(d, rates, a)
            axpby(step, d, 1, w, a)
            if self.proximal:
                threshold = rate * self.l1
                if rates is not None:
                    threshold = np.multiply(rates, threshold, b)
                soft_threshold(w, threshold, scratch=a)

    def _accelerate(self, v, g, a, b):
        """Update the velocity ``v`` by ``g``, which may be ``a``; return d."""
        momentum = number(self.momentum, v.dtype.char)
        # at t = 0, v is 0 and becomes g undamped
        axpby(1 - self.dampening if self.t else 1, g, momentum, v, b)
        if self.nesterov:
            return np.add(g, np.multiply(v, momentum, b), a)
        return v
