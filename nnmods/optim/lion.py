"""Lion: steps of one length, by the sign of a momentum."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer


class Lion(Optimizer):
    """Evolved sign momentum: each weight goes ``rate`` up or down.

    ::

        c = beta1 * m + (1 - beta1) * dC_dw
        w = (1 - rate * weight_decay) * w - rate * sign(c)
        m = beta2 * m + (1 - beta2) * dC_dw

    with ``rate = lr * schedule(t)``. It wants rates of a third to a tenth of Adam's,
    and as many times its weight decay. [1]_

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.0001
    beta1, beta2 : float, default=0.9, 0.99
        In [0, 1).
    weight_decay : float, default=0.0
        Decoupled, as in `AdamW`.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    m : ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] X. Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS
           2023, algorithm 2.

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = Lion((w, dC_dw), lr=0.25)
    >>> opt.step()
    >>> w
    array([0.75, 2.25])
    >>> opt
    Lion(2 parameters, lr=0.25)
    """

    def __init__(
        self,
        net_or_pair,
        lr=1e-4,
        beta1=0.9,
        beta2=0.99,
        weight_decay=0.0,
        schedule=None,
        groups=None,
    ):
        self.beta1 = check_number("Lion", "beta1", beta1, below=1)
        self.beta2 = check_number("Lion", "beta2", beta2, below=1)
        self.weight_decay = check_number("Lion", "weight_decay", weight_decay)
        super().__init__(net_or_pair, lr, schedule, ("m",), groups=groups)

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        beta1, rest1 = number(self.beta1, kind), number(1 - self.beta1, kind)
        beta2, rest2 = number(self.beta2, kind), number(1 - self.beta2, kind)
        shrink = 1 - rate * self.weight_decay
        for w, dC_dw, m, a, b in blocks:
            np.multiply(m, beta1, a)
            axpby(rest1, dC_dw, 1, a, b)
            np.sign(a, b)  # in place it would take ten times as long
            axpby(-rate, b, shrink, w, a)
            axpby(rest2, dC_dw, beta2, m, b)
