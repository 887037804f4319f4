"""CurvatureMemory: an inverse Hessian, as the last changes of w and of the gradient."""

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.saved import check_real, copied
from nnmods.optim.vectors import add_scaled, inner


class CurvatureMemory:
    """The matrix H of `LBFGS`: up to ``history`` pairs (s, y), the oldest first.

    Vectors are made for each pair until there are so many, and then go round.

    Parameters
    ----------
    w : ndarray, shape (n,)
        What the vectors are like.
    history : int
    """

    def __init__(self, w, history):
        self.history = history
        self._n, self._dtype = w.size, w.dtype
        self._pairs, self._spare = [], None  # s, y and 1 / s.y
        self._scale = 1.0
        self._alphas = []

    def __len__(self):
        return len(self._pairs)

    def remember(self, direction, length, grad, last_grad):
        """Take over the pair of the last step, unless its curvature is about 0."""
        s, y = self._spare or (np.empty_like(grad), np.empty_like(grad))
        np.subtract(grad, last_grad, out=y)
        np.multiply(direction, length, out=s)
        product = inner(y, s)
        self._spare = (s, y)
        if product > 1e-10:
            full = len(self._pairs) == self.history
            self._spare = self._pairs.pop(0)[:2] if full else None
            self._pairs.append((s, y, 1 / product))
            self._scale = product / inner(y, y)

    def multiply(self, grad, out):
        """Write ``H grad`` to ``out``, by the two loops of Liu and Nocedal."""
        np.copyto(out, grad)
        self._alphas.clear()
        for s, y, rho in reversed(self._pairs):
            self._alphas.append(inner(s, out) * rho)
            add_scaled(out, -self._alphas[-1], y)
        np.multiply(out, self._scale, out=out)
        for s, y, rho in self._pairs:
            add_scaled(out, self._alphas.pop() - inner(y, out) * rho, s)

    def state_dict(self):
        """Return the pairs, as copies, and the scale."""
        return {"pairs": copied([p[:2] for p in self._pairs]), "scale": self._scale}

    def check(self, owner, state):
        """Raise unless `load_state_dict` would take the state.

        Raises
        ------
        TypeError, ValueError
        """
        check_names(f"{owner}: memory", state, ("pairs", "scale"))
        pairs = state["pairs"]
        check_real(owner, "scale", state["scale"], ())
        if not isinstance(pairs, (list, tuple)):
            raise TypeError(
                f"{owner}: pairs has type {type(pairs).__name__}, expected a list"
            )
        if len(pairs) > self.history or any(len(pair) != 2 for pair in pairs):
            raise ValueError(
                f"{owner}: pairs has length {len(pairs)}, expected at most "
                f"{self.history} pairs of vectors"
            )
        for pair in pairs:
            for vector in pair:
                check_real(owner, "pairs", vector, (self._n,))

    def load_state_dict(self, state):
        """Go on with the pairs of a state that `check` let through."""
        pairs = [[np.array(v, self._dtype) for v in pair] for pair in state["pairs"]]
        self._pairs = [(s, y, 1 / inner(y, s)) for s, y in pairs]
        self._spare = None
        self._scale = float(state["scale"])
