"""Adamax: Adam with the largest gradient in place of the mean square."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class Adamax(Optimizer):
    """Adam by the infinity norm of the gradients so far.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, |g| + eps)
        w = w - rate / (1 - beta1^k) * m / u

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.002
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1).
    eps : float, default=1e-8
        PyTorch's default; Torch7's is 1e-38.
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
    m, u : ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``adamax.lua``: the same steps for the same settings.
    .. [2] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
           algorithm 2, which has no eps.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = Adamax((w, dC_dw), lr=0.25)
    >>> opt.step()  # the first step has length lr, whatever the gradient's
    >>> w.round(3)
    array([0.75, 2.25])
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.002,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        weight_decay=0.0,
        l1=0.0,
        schedule=None,
        groups=None,
    ):
        self.beta1 = check_number("Adamax", "beta1", beta1, below=1)
        self.beta2 = check_number("Adamax", "beta2", beta2, below=1)
        self.eps = check_number("Adamax", "eps", eps)
        self.weight_decay = check_number("Adamax", "weight_decay", weight_decay)
        self.l1 = check_number("Adamax", "l1", l1)
        super().__init__(net_or_pair, lr, schedule, ("m", "u"), groups=groups)

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        length = rate / (1 - self.beta1 ** (self.t + 1))
        beta1, rest1 = number(self.beta1, kind), number(1 - self.beta1, kind)
        beta2, eps = number(self.beta2, kind), number(self.eps, kind)
        for w, dC_dw, m, u, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            axpby(rest1, g, beta1, m, b)
            np.multiply(u, beta2, u)
            np.add(np.abs(g, a), eps, a)
            np.maximum(u, a, out=u)
            axpby(-length, np.divide(m, u, a), 1, w, a)
