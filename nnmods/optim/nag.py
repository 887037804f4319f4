"""NAG: Nesterov's accelerated gradient, taken at a point ahead."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class NAG(Optimizer):
    """Nesterov's accelerated gradient.

    ::

        w = w + momentum * v                           (the point ahead)
        g = dC_dw(w) + weight_decay * w + l1 * sign(w)
        v = momentum * v - rate * g,                   rate = lr * schedule(t) * rates
        w = w - rate * g

    from ``v = 0``, so that a step as a whole adds the new v to w. The gradient is that
    at the point ahead, and so `step` needs a function, and returns its cost there.

    ``SGD(nesterov=True)`` with a fixed rate is the same method seen from the points
    ahead: without penalties its w is ``w + momentum * v`` of this one. It takes the
    gradient where it stands, and needs no function.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
    momentum : float, default=0.9
        Above 0 and below 1.
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    rates : ndarray, shape (n,), default=None
        A factor of the rate for each weight, as in `SGD`.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    velocity : ndarray, shape (n,)
        The v above.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``nag.lua``: the same steps for the same settings.
    .. [2] I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of
           initialization and momentum in deep learning", ICML 2013, eq. (3) and (4).

    Examples
    --------
    >>> w, dC_dw = np.array([8.0]), np.zeros(1)
    >>> def fun():  # C = w^2 / 2
    ...     dC_dw[:] = w
    ...     return w[0] ** 2 / 2
    >>> opt = NAG((w, dC_dw), lr=0.5, momentum=0.5)
    >>> opt.step(fun), w  # v = -4
    (32.0, array([4.]))
    >>> opt.step(fun), w  # at the point ahead, 2
    (2.0, array([1.]))
    """

    needs_fun = True

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        momentum=0.9,
        weight_decay=0.0,
        l1=0.0,
        rates=None,
        schedule=None,
        groups=None,
    ):
        self.momentum = check_number("NAG", "momentum", momentum, below=1)
        if momentum == 0:
            raise ValueError(
                "NAG: momentum has value 0, expected a number > 0 and < 1; without it "
                "take SGD"
            )
        self.weight_decay = check_number("NAG", "weight_decay", weight_decay)
        self.l1 = check_number("NAG", "l1", l1)
        super().__init__(
            net_or_pair,
            lr,
            schedule,
            ("velocity",),
            groups=groups,
            vectors={"_rates": rates},
        )
        self._start = np.empty_like(self.w)

    @property
    def rates(self):
        """The factors of the rate, a vector like w, or None."""
        return self._rates

    def _evaluate(self, fun):
        """Return the cost at the point ahead, where w then is."""
        np.copyto(self._start, self.w)
        try:
            for lane in self._lanes:
                for rule, blocks in lane:
                    for w, _, v, *_, a, _ in blocks:
                        axpby(rule.momentum, v, 1, w, a)
            return super()._evaluate(fun)
        except BaseException:
            np.copyto(self.w, self._start)
            raise

    def _update(self, rate, blocks):
        kind, rates = self.w.dtype.char, self.rates
        momentum, step = number(self.momentum, kind), number(-rate, kind)
        for w, dC_dw, v, *vectors, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            if rates is not None:
                g = np.multiply(g, vectors[0], a)
            axpby(step, g, momentum, v, b)
            axpby(step, g, 1, w, b)
