"""Rprop: steps by the sign of the gradient, each weight with a length of its own."""

import numpy as np

from nnmods.kernels.axpby import number
from nnmods.optim.checks import check_count, check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised


class Rprop(Optimizer):
    """Resilient backpropagation, for gradients of all samples at once.

    ::

        g    = dC_dw + weight_decay * w + l1 * sign(w)
        p    = sign(g) * s
        step = clip(step * (eta_plus if p > 0, eta_minus if p < 0, else 1),
                    min_step, max_step)                   (from step = lr)
        s    = sign(g) if p >= 0, else 0
        w    = w - step * s

    A weight whose gradient changed its sign has gone too far: its step is shortened,
    and it rests once.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
        The first length of each step; to assign it later changes nothing. PyTorch's
        default; Torch7's ``stepsize`` is 0.1.
    eta_minus, eta_plus : float, default=0.5, 1.2
        Below 1, and at least 1.
    min_step, max_step : float, default=1e-6, 50.0
    iterations : int, default=1
        How often one `step` evaluates the function and moves, Torch7's ``niter``. With
        more than 1 it needs the function. One number for all groups.
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    step_size, sign : ndarray, shape (n,)
        The step and the s above.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Torch7, optim, ``rprop.lua``: the same steps for the same settings. There p
           is the sign of a product of gradients, which is 0 where it underflows.
    .. [2] M. Riedmiller, H. Braun, "A direct adaptive method for faster backpropagation
           learning: the RPROP algorithm", ICNN 1993.
    .. [3] C. Igel, M. Hüsken, "Improving the Rprop learning algorithm", NC 2000: this
           form, which takes no step back, is "iRprop-".

    Examples
    --------
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = Rprop((w, dC_dw), lr=0.5)
    >>> opt.step()
    >>> w
    array([0.5, 2.5])
    >>> dC_dw[:] = 1.0
    >>> opt.step()  # 1.2 * 0.5; the other has gone too far
    >>> w
    array([-0.1,  2.5])
    """

    def __init__(
        self,
        net_or_pair,
        lr=0.01,
        eta_minus=0.5,
        eta_plus=1.2,
        min_step=1e-6,
        max_step=50.0,
        iterations=1,
        weight_decay=0.0,
        l1=0.0,
        groups=None,
    ):
        self.eta_minus = check_number("Rprop", "eta_minus", eta_minus, below=1)
        self.eta_plus = check_number("Rprop", "eta_plus", eta_plus)
        self.min_step = check_number("Rprop", "min_step", min_step)
        self.max_step = check_number("Rprop", "max_step", max_step)
        self.iterations = check_count("Rprop", "iterations", iterations)
        self.weight_decay = check_number("Rprop", "weight_decay", weight_decay)
        self.l1 = check_number("Rprop", "l1", l1)
        if eta_plus < 1:
            raise ValueError(
                f"Rprop: eta_plus has value {eta_plus}, expected a number >= 1"
            )
        if min_step > max_step:
            raise ValueError(
                f"Rprop: min_step has value {min_step}, expected at most max_step, "
                f"{max_step}"
            )
        state = ("step_size", "sign")
        super().__init__(net_or_pair, lr, None, state, groups=groups)
        for group in self.groups.values():
            if group.iterations != self.iterations:
                raise ValueError(
                    f"Rprop: groups has iterations {group.iterations}, expected "
                    f"{self.iterations} as in the whole"
                )
        self._fill("step_size", "lr")

    @property
    def needs_fun(self):
        """Whether `step` cannot do without a function."""
        return self.iterations > 1

    def step(self, fun=None):
        C = super().step(fun)
        for _ in range(1, self.iterations):
            self._evaluate(fun)
            self._apply()
        return C

    def _update(self, rate, blocks):
        kind = self.w.dtype.char
        eta_plus, less = number(self.eta_plus, kind), number(1 - self.eta_minus, kind)
        shortest, longest = number(self.min_step, kind), number(self.max_step, kind)
        for w, dC_dw, step, s, a, b in blocks:
            g = penalised(w, dC_dw, self.weight_decay, self.l1, out=a, scratch=b)
            sign = np.sign(g, b)
            p = np.multiply(s, sign, s)  # -1, 0 or 1
            np.clip(np.multiply(p, eta_plus, a), 1, eta_plus, out=a)
            np.multiply(step, a, step)
            turned = np.clip(p, -1, 0, out=s)  # -1, or 0
            np.add(np.multiply(turned, less, a), 1, a)
            np.multiply(step, a, step)
            np.clip(step, shortest, longest, out=step)
            np.multiply(sign, np.add(turned, 1, s), s)
            np.subtract(w, np.multiply(step, s, a), w)
