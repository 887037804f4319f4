"""Adadelta: steps as long as those before, whatever the gradient's unit."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class Adadelta(Optimizer):
    """Adadelta: the root mean square of the steps over that of the gradients.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        v = rho * v + (1 - rho) * g^2
        d = sqrt(u + eps) / sqrt(v + eps) * g
        u = rho * u + (1 - rho) * d^2
        w = w - rate * d,                       rate = lr * schedule(t)

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=1.0
        Torch7 and the paper have none, which is 1.
    rho : float, default=0.9
        In [0, 1).
    eps : float, default=1e-6
        It starts the steps off: the first has length ``sqrt(eps / (1 - rho))``.
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
    v, u : ndarray, shape (n,)
        Running means of the squares of g, and of d.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``adadelta.lua``: the same steps for the same settings.
    .. [2] M. D. Zeiler, "ADADELTA: an adaptive learning rate method",
           arXiv:1212.5701, 2012, algorithm 1.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.5])
    >>> opt = Adadelta((w, dC_dw), rho=0.75, eps=0.01)
    >>> opt.step()
    >>> w.round(3)
    array([0.8  , 2.186])
    """

    def __init__(
        self,
        net_or_pair,
        lr=1.0,
        rho=0.9,
        eps=1e-6,
        weight_decay=0.0,
        l1=0.0,
        schedule=None,
        groups=None,
    ):
        self.rho = check_number("Adadelta", "rho", rho, below=1)
        self.eps = check_number("Adadelta", "eps", eps)
        self.weight_decay = check_number("Adadelta", "weight_decay", weight_decay)
        self.l1 = check_number("Adadelta", "l1", l1)
        super().__init__(net_or_pair, lr, schedule, ("v", "u"), groups=groups)

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        eps, step = number(self.eps, kind), number(-rate, kind)
        rho, rest = number(self.rho, kind), number(1 - self.rho, kind)
        for w, dC_dw, v, u, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            axpby(rest, np.multiply(g, g, b), rho, v, b)
            np.sqrt(np.add(v, eps, b), b)
            np.divide(g, b, a)
            np.sqrt(np.add(u, eps, b), b)
            np.multiply(a, b, a)  # d
            axpby(rest, np.multiply(a, a, b), rho, u, b)
            axpby(step, a, 1, w, a)
