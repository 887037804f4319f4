"""Lookahead: an optimiser's steps, with a retreat after every few."""

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.checks import check_count, check_fraction
from nnmods.optim.companion import Companion
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.saved import check_real


class Lookahead:
    """Let any optimiser go k steps ahead, then go a part of the way itself.

    ::

        slow = w                                 (t = 0, k, 2 k, ...)
        w    = what the optimiser makes of it    (k steps)
        w    = slow + alpha * (w - slow)

    It has an optimiser's interface: what is not listed here is that of the optimiser
    inside. The vectors of that one go on as they are over the retreat.

    Parameters
    ----------
    optimizer : Optimizer
    k : int, default=5
    alpha : float, default=0.5
        From 0 to 1.

    Attributes
    ----------
    slow : ndarray, shape (n,)
        Where the last retreat ended.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] M. R. Zhang, J. Lucas, G. Hinton, J. Ba, "Lookahead optimizer: k steps
           forward, 1 step back", NeurIPS 2019, algorithm 1.

    Examples
    --------
    >>> from nnmods.optim.sgd import SGD
    >>> w, dC_dw = np.zeros(1), np.ones(1)
    >>> opt = Lookahead(SGD((w, dC_dw), lr=1.0), k=2)
    >>> for _ in range(3):
    ...     opt.step()
    ...     print(w)
    [-1.]
    [-1.]
    [-2.]
    >>> opt
    Lookahead(SGD(1 parameters, lr=1.0), k=2, alpha=0.5)
    """

    def __init__(self, optimizer, k=5, alpha=0.5):
        if not isinstance(optimizer, (Optimizer, Lookahead)):
            raise TypeError(
                f"Lookahead: optimizer has type {type(optimizer).__name__}, expected "
                "an Optimizer"
            )
        self.k = check_count("Lookahead", "k", k)
        self.alpha = check_fraction("Lookahead", "alpha", alpha)
        self.optimizer = optimizer
        self.slow = optimizer.w.copy()
        self._pair = Companion(optimizer.w, self.slow)

    @property
    def lr(self):
        """The rate of the optimiser inside."""
        return self.optimizer.lr

    @lr.setter
    def lr(self, lr):
        self.optimizer.lr = lr

    @property
    def schedule(self):
        """The schedule of the optimiser inside."""
        return self.optimizer.schedule

    @schedule.setter
    def schedule(self, schedule):
        self.optimizer.schedule = schedule

    def step(self, fun=None):
        """Do a step of the optimiser inside, and each k-th time retreat after it.

        Its arguments, results and errors are those of `Optimizer.step`.
        """
        if self.optimizer.t % self.k == 0:
            self._pair.each(_remember)
        C = self.optimizer.step(fun)
        if self.optimizer.t % self.k == 0:
            self._pair.each(self._retreat)
        return C

    def state_dict(self):
        """Return the state of the optimiser inside, and a copy of ``slow``."""
        return {"optimizer": self.optimizer.state_dict(), "slow": self.slow.copy()}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError
            If names, shapes or values are not those of such an optimiser; nothing has
            changed then.
        """
        check_names(repr(self), state, ("optimizer", "slow"))
        slow = check_real(repr(self), "slow", state["slow"], self.slow.shape)
        self.optimizer.load_state_dict(state["optimizer"])
        self.slow[...] = slow

    def _retreat(self, w, slow, _):
        np.subtract(w, slow, w)
        np.add(slow, np.multiply(w, self.alpha, w), w)

    def __getattr__(self, name):
        optimizer = vars(self).get("optimizer")  # None while a copy is being made
        if optimizer is None:
            raise AttributeError(f"Lookahead has no attribute {name!r}")
        return getattr(optimizer, name)

    def __getstate__(self):
        return {k: v for k, v in vars(self).items() if k != "_pair"}

    def __setstate__(self, state):
        vars(self).update(state)
        self._pair = Companion(self.optimizer.w, self.slow)

    def __repr__(self):
        return f"Lookahead({self.optimizer!r}, k={self.k}, alpha={self.alpha})"


def _remember(w, slow, _):
    np.copyto(slow, w)
