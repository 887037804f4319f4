"""ASGD: gradient descent whose weights are averaged over the steps."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class ASGD(Optimizer):
    """Averaged stochastic gradient descent.

    ::

        g       = dC_dw + weight_decay * w + l1 * sign(w)
        eta     = rate / (1 + lambd * lr * t)^alpha,      rate = lr * schedule(t)
        w       = (1 - lambd * eta) * w - eta * g
        average = average + mu * (w - average),           mu = 1 / max(1, t - t0)

    at step t, counted from 0. Up to step ``t0 + 1`` the average is w itself; from then
    on it is the mean of the w since. It goes into the net by ``opt.w[...] =
    opt.average``, for evaluation or at the end.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
        PyTorch's default; Torch7's ``eta0`` is 1e-4.
    lambd : float, default=1e-4
        The decay of w, and of the rate: Torch7's ``lambda``.
    alpha : float, default=0.75
        The power in eta.
    t0 : float, default=1e6
        The step after which averaging starts. The default of Torch7 and PyTorch means
        never in most trainings: set it to where the cost stops falling.
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    schedule : callable, default=None
        ``t -> factor``, beside the fall of eta.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    average : ndarray, shape (n,)
        Starts as a copy of w.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``asgd.lua``: the same steps for the same settings.
    .. [2] B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by
           averaging", SIAM Journal on Control and Optimization 30 (1992).
    .. [3] W. Xu, "Towards optimal one pass large scale learning with averaged
           stochastic gradient descent", arXiv:1107.2490, 2011, for eta.

    Examples
    --------
    >>> w, dC_dw = np.array([0.0]), np.array([-1.0])
    >>> opt = ASGD((w, dC_dw), lr=1.0, lambd=0.0, t0=0)
    >>> for _ in range(4):
    ...     opt.step()
    >>> w, opt.average  # the mean of 2, 3 and 4; the step at t = 1 had mu = 1
    (array([4.]), array([3.]))
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0.0,
        l1=0.0,
        schedule=None,
        groups=None,
    ):
        self.lambd = check_number("ASGD", "lambd", lambd)
        self.alpha = check_number("ASGD", "alpha", alpha)
        self.t0 = check_number("ASGD", "t0", t0)
        self.weight_decay = check_number("ASGD", "weight_decay", weight_decay)
        self.l1 = check_number("ASGD", "l1", l1)
        super().__init__(net_or_pair, lr, schedule, ("average",), groups=groups)
        self.average[...] = self.w

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        eta = rate / (1 + self.lambd * self.lr * self.t) ** self.alpha
        mu = 1 / max(1.0, self.t - self.t0)
        share, shrink = number(mu, kind), 1 - self.lambd * eta
        for w, dC_dw, average, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            axpby(-eta, g, shrink, w, a)
            if mu == 1:
                np.copyto(average, w)
            else:
                np.subtract(w, average, a)
                np.add(average, np.multiply(a, share, a), average)
