"""DiagonalLM: a rate for each weight, by the curvature of the cost along it."""

import numpy as np

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_fraction, check_number, check_vector
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class DiagonalLM(Optimizer):
    """Stochastic diagonal Levenberg-Marquardt.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        w = w - rate * g / (curvature + weight_decay + mu),   rate = lr * schedule(t)

        curvature = h                                         first update_curvature(h)
        curvature = (1 - gamma) * curvature + gamma * h       later ones

    Where h is the diagonal of the Hessian, or what stands for it, weights along which
    the cost is flat take large steps, and steep ones small steps: layers of unequal
    size, and weights that are shared by many places, each learn at a rate of their own.
    As ``curvature + weight_decay`` is that of the whole cost, lr = 1 would be Newton's
    step in each weight alone; all together they want less.

    The curvature changes slowly. It is estimated on some 500 samples before training,
    and again before each pass through the data: that takes next to no time [2]_.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
        The epsilon of [1]_.
    mu : float, default=0.02
        More than 0: it keeps steps from becoming large where the cost is flat. No rate
        is above ``rate / mu``. [2]_ took the default.
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
    curvature : ndarray, shape (n,)
    updates : int
        Number of times that it was updated.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 9.1.
    .. [2] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied
           to document recognition", Proceedings of the IEEE 86 (1998), appendix C.

    Examples
    --------
    Curvatures of 9 and 0.01, and yet one step is enough for both weights:

    >>> import nnmods as nn
    >>> from nnmods.analysis import diag_hessian
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> x, target = np.array([[3.0, 0.0], [0.0, 0.1]]), np.array([[6.0], [0.1]])
    >>> opt = DiagonalLM(net, lr=1.0, mu=1e-6)
    >>> opt.update_curvature(diag_hessian(net, mse, x, target, kind="lecun"))
    >>> opt.curvature
    array([9.  , 0.01])
    >>> _ = net.backprop(x, mse.backward(net.forward(x), target))
    >>> opt.step()
    >>> net.weight.round(3)
    array([[2., 1.]])
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        mu=0.02,
        weight_decay=0.0,
        l1=0.0,
        schedule=None,
        groups=None,
    ):
        self.mu = check_number("DiagonalLM", "mu", mu)
        if self.mu == 0:
            raise ValueError(
                f"DiagonalLM: mu has value {mu}, expected a finite number > 0"
            )
        self.weight_decay = check_number("DiagonalLM", "weight_decay", weight_decay)
        self.l1 = check_number("DiagonalLM", "l1", l1)
        self.updates = 0
        super().__init__(
            net_or_pair, lr, schedule, ("curvature",), ("updates",), groups=groups
        )

    def update_curvature(self, h, gamma=0.1):
        """Take a new estimate of the curvature into the running average.

        Parameters
        ----------
        h : ndarray, shape (n,)
            Not negative, in the order of w, such as
            ``nnmods.analysis.diag_hessian(net, criterion, x, target, kind="lecun")``.
        gamma : float, default=0.1
            Its share: small for single minibatches, 1 to forget all before it.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described; nothing has changed then.
        """
        h = check_vector(repr(self), "h", h, self.w)
        gamma = check_fraction(repr(self), "gamma", gamma)
        if self.updates == 0:
            gamma = 1.0
        self.curvature *= 1 - gamma
        self.curvature += gamma * h
        self.updates += 1

    def step(self, fun=None):
        """Update ``w`` in place from ``dC_dw``, as in `Optimizer.step`.

        Raises
        ------
        RuntimeError
            If there was no `update_curvature` yet.
        """
        if self.updates == 0:
            raise RuntimeError(
                f"{self!r}: curvature has 0 updates, expected one before a step; call "
                "update_curvature(h)"
            )
        return super().step(fun)

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        damping = number(self.mu + self.weight_decay, kind)
        step = number(-rate, kind)
        for w, dC_dw, curvature, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            np.divide(g, np.add(curvature, damping, b), a)
            axpby(step, a, 1, w, b)
