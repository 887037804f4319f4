"""LBFGS: quasi-Newton steps from the last changes of w and of the gradient."""

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.checks import check_count, check_number
from nnmods.optim.curvature_memory import CurvatureMemory
from nnmods.optim.line_search import lswolfe
from nnmods.optim.searching import Searching, check_limit
from nnmods.optim.vectors import add_scaled, inner, sum_of_absolutes


class LBFGS(Searching):
    """Limited-memory BFGS.

    ::

        d = -H g,    g = dC_dw
        w = w + t d

    where H is the inverse Hessian that the last ``history`` pairs ``s`` (a change of w)
    and ``y`` (that of g) describe, beginning with ``s.y / y.y`` times the unit matrix;
    at first it is that itself. Pairs with ``s.y <= 1e-10`` are left out. The length t
    is found by a line search that begins at the rate, or is the rate itself; in
    the very first iteration it is ``min(1, 1/sum|g|)`` times that.

    A step does up to ``max_iter`` iterations, and the next goes on with its memory. It
    ends before where ``max_evals`` is reached, ``sum|g| <= tol_fun``, the slope along
    d is above ``-tol_x``, ``sum|t d| <= tol_x``, or the cost changes by less than
    ``tol_x``.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=1.0
        The first trial of the line search; without one, the length itself.
    max_iter : int, default=20
    max_evals : int, default=None
        Evaluations after which a step starts no other iteration; None is
        ``1.25 * max_iter``.
    tol_fun, tol_x : float, default=1e-5, 1e-9
    history : int, default=100
        Pairs to keep: twice as many vectors like w.
    line_search : "wolfe", callable or None, default="wolfe"
        "wolfe" is `lswolfe`, which makes sure that the cost falls; a callable is called
        likewise, with ``scratch``, and returns the same. None takes the fixed length,
        one evaluation for each iteration, as Torch7 and PyTorch do by default: it needs
        a small ``lr`` or a cost close to quadratic, and the cost after the last
        iteration is not evaluated.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.

    Attributes
    ----------
    costs : list of float
        The cost of the w before the last step, and after its iterations.
    evaluations : int
        How often the last step called ``fun``.
    n_iter : int
        Iterations of all steps.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] D. C. Liu, J. Nocedal, "On the limited memory BFGS method for large scale
           optimization", Mathematical Programming 45 (1989).
    .. [2] Torch7, optim, ``lbfgs.lua``: the same points for the same settings.

    Examples
    --------
    >>> w, dC_dw = np.array([4.0, 1.0]), np.zeros(2)
    >>> def fun():
    ...     dC_dw[...] = w * (1, 10)
    ...     return float((dC_dw * w).sum() / 2)
    >>> opt = LBFGS((w, dC_dw))
    >>> opt.step(fun)
    13.0
    >>> bool(np.abs(w).max() < 1e-5), opt.n_iter < 20
    (True, True)
    """

    def __init__(
        self,
        net_or_pair,
        lr=1.0,
        max_iter=20,
        max_evals=None,
        tol_fun=1e-5,
        tol_x=1e-9,
        history=100,
        line_search="wolfe",
        schedule=None,
    ):
        self.max_iter = check_count("LBFGS", "max_iter", max_iter)
        self.max_evals = check_limit("LBFGS", "max_evals", max_evals)
        self.tol_fun = check_number("LBFGS", "tol_fun", tol_fun)
        self.tol_x = check_number("LBFGS", "tol_x", tol_x)
        self.history = check_count("LBFGS", "history", history)
        if line_search not in (None, "wolfe") and not callable(line_search):
            raise ValueError(
                f"LBFGS: line_search has value {line_search!r}, expected 'wolfe', a "
                "callable or None"
            )
        self.line_search = line_search
        self.n_iter, self.length = 0, 0.0
        vectors, numbers = ("direction", "last_grad"), ("n_iter", "length")
        super().__init__(net_or_pair, lr, schedule, vectors, numbers)
        self._memory = CurvatureMemory(self.w, self.history)
        if line_search is not None:
            self._scratch = np.empty((4, self.w.size), self.w.dtype)
            self._origin = self._scratch[0]

    def _search(self, fun):
        limit = 1.25 * self.max_iter if self.max_evals is None else self.max_evals
        rate, g, d = self.current_lr, self.dC_dw, self.direction
        C = self._evaluate(fun)
        self.costs.append(C)
        size = sum_of_absolutes(g)
        if size <= self.tol_fun:
            return
        for left in reversed(range(self.max_iter)):
            self._aim()
            slope = inner(g, d)
            if not slope <= -self.tol_x:
                return
            trial = min(1.0, 1 / size) * rate if self.n_iter == 1 else rate
            before = C
            np.copyto(self._origin, self.w)
            self.length = 0.0  # where fun raises, w has not moved
            if self.line_search is not None:
                C, self.length = self._find_length(fun, trial, C, slope)
            else:
                add_scaled(self.w, trial, d)
                C = self._evaluate(fun) if left else None
                self.length = trial
                if not left:
                    return
            self.costs.append(C)
            size = sum_of_absolutes(g)
            if (
                self.evaluations >= limit
                or size <= self.tol_fun
                or self.length * sum_of_absolutes(d) <= self.tol_x
                or abs(C - before) < self.tol_x
            ):
                return

    def _find_length(self, fun, trial, C, slope):
        """Let the line search move w; return the cost there, and the length."""
        search = lswolfe if self.line_search == "wolfe" else self.line_search
        return search(
            lambda: self._evaluate(fun),
            self.w,
            self.dC_dw,
            self.direction,
            trial,
            C,
            slope,
            scratch=self._scratch,
        )

    def _aim(self):
        """Remember the last iteration, and make ``direction`` that of the next."""
        self.n_iter += 1
        if self.n_iter > 1:
            self._memory.remember(
                self.direction, self.length, self.dC_dw, self.last_grad
            )
        self._memory.multiply(self.dC_dw, out=self.direction)
        np.negative(self.direction, out=self.direction)
        np.copyto(self.last_grad, self.dC_dw)

    def state_dict(self):
        return super().state_dict() | {"memory": self._memory.state_dict()}

    def load_state_dict(self, state):
        owner = repr(self)
        check_names(owner, state, self.state_dict())
        self._memory.check(owner, state["memory"])
        super().load_state_dict(state)
        self._memory.load_state_dict(state["memory"])
