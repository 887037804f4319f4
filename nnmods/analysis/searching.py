"""Search: runs of SciPy's least squares on a network's residuals, watched."""

import sys
import time

import numpy as np
from scipy.optimize import least_squares

#: Entries of a Jacobian beyond which it is an operator, if the method takes one.
LARGE = 1 << 24


class Search:
    """The search for the least of |r|^2 + penalty |w|^2.

    Attributes
    ----------
    penalty : float or None
        Its rows ``sqrt(penalty) w`` follow the residuals.
    gamma : float or None
        The number of parameters that the data determine, where that is known.
    best : ndarray
        Where the cost of the present penalty was least so far.
    nfev, njev : int
        Evaluations of r and of J, of all runs.
    """

    def __init__(self, residuals, method, box, dense, options, show):
        self.residuals, self.method, self.dense = residuals, method, dense
        self.options = options | {} if box is None else options | {"bounds": box}
        self.penalty = self.gamma = None
        self.best = residuals.outputs.w
        self.nfev = self.njev = self.iteration = 0
        self._show, self._start = show, time.perf_counter()
        self._least, self._at, self._shown = np.inf, None, None

    def run(self, w, max_nfev=None):
        """Search from w on, and return what SciPy does."""
        self._least = np.inf
        if self.method == "trf":
            self.options["tr_solver"] = "exact" if self.dense else "lsmr"
        found = least_squares(
            self.fun,
            w,
            self.jac if self.dense else self.operator,
            method=self.method,
            max_nfev=max_nfev,
            **self.options,
        )
        if self._show:
            self._say(found.x, found.cost, found.grad)
        return found

    def fun(self, w):
        """Return the residuals, and the rows of the penalty."""
        self.nfev += 1
        r = self._rows(w)
        cost = r @ r / 2
        if cost < self._least:
            self._least, self.best = cost, w.copy()
        self._at, self._r = w.copy(), r
        return r

    def _rows(self, w):
        r = self.residuals(w)
        if self.penalty is not None:
            r = np.concatenate([r, np.sqrt(self.penalty) * w])
        return r

    def jac(self, w):
        """Return their Jacobian, a matrix."""
        self.njev += 1
        J = self.residuals.dense(w)
        if self.penalty is not None:
            J = np.concatenate([J, np.sqrt(self.penalty) * np.eye(len(w))])
        self._iterate(w, J)
        return J

    def operator(self, w):
        """Return their Jacobian, a linear operator."""
        self.njev += 1
        J = self.residuals.operator(w)
        self._iterate(w, J)
        return J

    def _iterate(self, w, J):
        """Show a line: where J is asked for, a point was accepted.

        What is evaluated to be shown does not count.
        """
        if not self._show:
            return
        r = self._r if np.array_equal(w, self._at) else self._rows(w)
        self._say(w, r @ r / 2, J.T @ r)

    def _say(self, w, cost, gradient):
        last, self._shown = self._shown, w.copy()
        if last is None:
            step = "-"
        elif np.array_equal(w, last):
            return  # asked for twice
        else:
            step = f"{np.linalg.norm(w - last):.1e}"
        known = "" if self.gamma is None else f"   {self.gamma:.1f} parameters"
        if sys.stderr is not None:  # None: closed, as of a daemon
            print(
                f"iteration {self.iteration}   cost {cost:.6e}"
                f"   gradient {np.max(np.abs(gradient), initial=0.0):.1e}"
                f"   step {step}{known}   {time.perf_counter() - self._start:.1f} s",
                file=sys.stderr,
            )
        self.iteration += 1
