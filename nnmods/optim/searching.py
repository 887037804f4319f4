"""Searching: what the methods that evaluate the cost themselves have in common."""

import math

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.checks import check_count
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.saved import check_real


class Searching(Optimizer):
    """An optimiser that calls ``fun`` as often as it needs, at points of its choice.

    ``fun() -> C`` has to be one function of ``w``: the same samples at every call of
    one step, and no dropout. A subclass writes `_search`.

    Parameters
    ----------
    net_or_pair, lr, schedule, state, more_state
        As in `Optimizer`.

    Attributes
    ----------
    evaluations : int
        How often the last step called ``fun``.
    costs : list of float
        Those of the points that the last step passed through: of the w before it, and
        of the points accepted since; those of rejected trials are not in it.
    """

    needs_fun = True

    def __init__(self, net_or_pair, lr=1.0, schedule=None, state=(), more_state=()):
        super().__init__(net_or_pair, lr, schedule, state, more_state)
        self.evaluations = 0
        self._origin = np.empty_like(self.w)

    def step(self, fun=None):
        """Search from ``w`` on, and leave the point found there.

        Parameters
        ----------
        fun : callable
            ``fun() -> C``, which computes the cost for the present ``w`` and fills
            ``dC_dw`` with its gradient, from 0 on. Where it raises, w goes back to the
            last point that was accepted.

        Returns
        -------
        float
            The cost of the w before the step.

        Raises
        ------
        TypeError
            If ``fun`` is not callable.
        RuntimeError
            If the net's parameters are no longer in ``w``.
        """
        if not callable(fun):
            raise TypeError(
                f"{self!r}: fun has type {type(fun).__name__}, expected a callable "
                "() -> C"
            )
        self._check_place()
        self.costs.clear()
        self.evaluations = 0
        np.copyto(self._origin, self.w)
        try:
            self._search(fun)
        except BaseException:
            np.copyto(self.w, self._origin)
            raise
        self.t += 1
        return self.costs[0]

    def load_state_dict(self, state):
        owner = repr(self)
        check_names(owner, state, self.state_dict())
        own = {
            name: _like(owner, name, state[name], getattr(self, name))
            for name in self._more_state
        }
        super().load_state_dict(state | own)

    def _search(self, fun):
        """Move w, with the cost before the step as the first of ``costs``.

        ``self._origin`` is the point to go back to where ``fun`` raises.
        """
        raise NotImplementedError(f"{type(self).__name__} has no _search(fun)")

    def _evaluate(self, fun):
        """Return the cost at the present w, and count the call."""
        self.evaluations += 1
        return float(fun())


def _like(owner, name, value, like):
    """Return a saved value in the type of another; a file may have made arrays of it.

    What is computed with a 0-d array has other bits than with a number.
    """
    if isinstance(like, np.ndarray):
        return check_real(owner, name, value, like.shape).astype(like.dtype)
    if isinstance(like, str):
        return str(value)
    return type(like)(check_real(owner, name, value, ()).item())


def check_limit(owner, name, value):
    """Return a limit on evaluations, which None does not set, as a number >= 1."""
    if value is None:
        return None
    if isinstance(value, float) and math.isfinite(value) and value >= 1:
        return value
    return check_count(owner, name, value)
