"""Adagrad: steps scaled by all gradients so far."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class Adagrad(Optimizer):
    """Adagrad: a weight that was moved by large gradients takes smaller steps.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        v = v + g^2                             (from v = initial_sum)
        w = w - rate * g / (sqrt(v) + eps),     rate = lr * schedule(t)

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
        PyTorch's default; Torch7's is 0.001.
    eps : float, default=1e-10
    initial_sum : float, default=0.0
        PyTorch's ``initial_accumulator_value``. From 0 the first step of each weight
        has length lr.
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`; `InverseTime` is the
        ``lr_decay`` of PyTorch, and the ``learningRateDecay`` of Torch7.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    v : ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``adagrad.lua``: the same steps for the same settings.
    .. [2] J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online
           learning and stochastic optimization", JMLR 12 (2011), the diagonal form.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([3.0, -0.25])
    >>> opt = Adagrad((w, dC_dw), lr=0.5)
    >>> opt.step()
    >>> w.round(3)
    array([0.5, 2.5])
    >>> dC_dw[0] = 4.0
    >>> opt.step()  # 4 / sqrt(9 + 16) and 1 / sqrt(2) of the rate
    >>> w.round(3)
    array([0.1  , 2.854])
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        eps=1e-10,
        initial_sum=0.0,
        weight_decay=0.0,
        l1=0.0,
        schedule=None,
        groups=None,
    ):
        self.eps = check_number("Adagrad", "eps", eps)
        self.initial_sum = check_number("Adagrad", "initial_sum", initial_sum)
        self.weight_decay = check_number("Adagrad", "weight_decay", weight_decay)
        self.l1 = check_number("Adagrad", "l1", l1)
        super().__init__(net_or_pair, lr, schedule, ("v",), groups=groups)
        self._fill("v", "initial_sum")

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        eps, step = number(self.eps, kind), number(-rate, kind)
        for w, dC_dw, v, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            np.add(v, np.multiply(g, g, b), v)
            np.add(np.sqrt(v, b), eps, b)
            axpby(step, np.divide(g, b, a), 1, w, a)
