"""Residuals: how far a network's outputs are from their targets, and its Jacobian."""

import numpy as np
from scipy.sparse import diags_array
from scipy.sparse.linalg import aslinearoperator

from nnmods.analysis.outputs import Outputs
from nnmods.analysis.values import arrays_of, real, real_entries, shapes
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import is_table, map_table

#: Stands for what is not finite, so that a search turns back from there.
HUGE = 1e100


class Residuals:
    """Weighted residuals as a function of the flat parameters.

    ::

        r(w) = (y(w) - target) / sigma,       J = dr/dw

    Attributes
    ----------
    outputs : Outputs
    shape : (int, int)
        M residuals and P parameters.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like y, or of no entries; if ``net`` is random, or a
        residual not finite; or as by `sigmas` and `Outputs`.
    """

    def __init__(self, owner, net, x, target, sigma):
        self.outputs = outputs = Outputs(owner, net, x)
        self.shape = outputs.shape
        _refuse_random(owner, outputs)
        if shapes(target) != shapes(outputs.y):
            raise ValueError(
                f"{owner}: target has shape {shapes(target)}, expected "
                f"{shapes(outputs.y)} as y"
            )
        if self.shape[0] == 0:
            raise ValueError(f"{owner}: target has 0 entries, expected at least one")
        self._target = real_entries(target, outputs.y, np.float64)
        self._weight = 1 / sigmas(owner, sigma, outputs.y)
        self._check_finite(owner)

    def __call__(self, w):
        """Return r, (M,); entries that are not finite are huge."""
        with np.errstate(all="ignore"):  # the search may try what is far out
            r = (self.outputs(w) - self._target) * self._weight
        r[~np.isfinite(r)] = HUGE
        return r

    def dense(self, w):
        """Return J, (M, P)."""
        with np.errstate(all="ignore"):
            return self.outputs.dense(w) * self._weight[:, None]

    def operator(self, w):
        """Return J as a linear operator."""
        return aslinearoperator(diags_array(self._weight)) @ self.outputs.operator(w)

    def _check_finite(self, owner):
        y = real_entries(self.outputs.y, self.outputs.y, np.float64)
        r = (y - self._target) * self._weight
        (wrong,) = np.nonzero(~np.isfinite(r))
        if wrong.size:
            raise ValueError(
                f"{owner}: net(x) - target has {wrong.size} of {r.size} entries that "
                f"are not finite, the first is number {wrong[0]}, expected numbers"
            )


def sigmas(owner, sigma, y):
    """Return the standard deviation of each real entry of y, a vector.

    Parameters
    ----------
    sigma : float, ndarray, table or None
        A number or an array that spreads over the shape of y, or a table of such as y
        is one; None means 1.

    Raises
    ------
    ValueError
        If it does not spread, or is not positive and finite everywhere.
    """
    if sigma is None or (is_table(y) and not is_table(sigma)):
        sigma = map_table(lambda _: 1.0 if sigma is None else sigma, y)
    try:
        spread = map_table(lambda a, s: np.broadcast_to(s, a.shape), y, sigma)
    except ValueError:
        raise ValueError(
            f"{owner}: sigma has shape {shapes(sigma)}, expected one that spreads over "
            f"{shapes(y)}"
        ) from None
    for array in real(arrays_of(spread), y):
        if not np.all((array > 0) & np.isfinite(array)):
            raise ValueError(
                f"{owner}: sigma has values from {array.min()} to {array.max()}, "
                "expected finite ones > 0"
            )
    return real_entries(spread, y, np.float64)


def _refuse_random(owner, outputs):
    """Raise unless the network makes the same y of the same x."""
    with unmoved_rng():
        first, second = outputs(outputs.w), outputs(outputs.w)
    if not np.array_equal(first, second, equal_nan=True):
        raise ValueError(
            f"{owner}: net has two outputs for one x, expected one; evaluate() takes "
            "dropout out, and forget() the memory of steps before"
        )
