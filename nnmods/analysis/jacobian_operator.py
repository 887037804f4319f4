"""JacobianOperator: dy/dx, or dy/dw, by products with it."""

import numpy as np
from scipy.sparse.linalg import LinearOperator

from nnmods.analysis.linearised import Linearised
from nnmods.analysis.many import Many
from nnmods.analysis.single_rows import single_rows, suits
from nnmods.core.progress import progress


class JacobianOperator(LinearOperator):
    """A Jacobian, which `jacobian` makes.

    Attributes
    ----------
    shape : tuple of int
    dtype : numpy dtype
    wrt : str or list of str
    y : ndarray or table
        What the module makes of x.
    """

    def __init__(self, module, x, wrt="x"):
        self._at = at = Linearised("jacobian", module, x, "module")
        self.wrt, self.y = wrt, at.y
        self._by_x = wrt in ("x", "both") if isinstance(wrt, str) else False
        self._chosen = _chosen(at, wrt)
        self._inputs = at.inputs if self._by_x else 0
        super().__init__(at.dtype, (at.outputs, self._inputs + int(self._chosen.sum())))
        self._all = bool(self._chosen.all())
        self._many = Many(at) if wrt == "x" else None

    def _matvec(self, v):
        v = np.ravel(v)
        dx, dw = v[: self._inputs], v[self._inputs :]
        if not self._all:
            whole = np.zeros(self._chosen.size, dw.dtype)
            whole[self._chosen] = dw
            dw = whole
        by_weights = self.shape[1] > self._inputs
        return self._at.tangent(dx if self._by_x else None, dw if by_weights else None)

    def _rmatvec(self, u):
        by_weights = self.shape[1] > self._inputs
        dC_dx, dC_dw = self._at.gradient(np.ravel(u), self._by_x, by_weights)
        if dC_dw is not None and not self._all:
            dC_dw = dC_dw[self._chosen]
        found = [part for part in (dC_dx, dC_dw) if part is not None]
        return np.concatenate(found) if found else np.zeros(0, self.dtype)

    def _matmat(self, V):
        if self._many is not None and V.shape[1] > 1:
            columns = self._many.tangents(V.T)
            if columns is not None:
                return columns.T
        return _columns(self._matvec, V, self.shape[0], self.dtype)

    def _rmatmat(self, U):
        if self._many is not None and U.shape[1] > 1:
            rows = self._many.gradients(U.T)
            if rows is not None:
                return rows.T
        return _columns(self._rmatvec, U, self.shape[1], self.dtype)

    def _adjoint(self):
        return LinearOperator(
            self.shape[::-1],
            self._rmatvec,
            self._matvec,
            self._rmatmat,
            self.dtype,
            self._matmat,
        )

    def _transpose(self):
        return self._adjoint()  # it is real

    def dense(self):
        """Return the matrix: by its rows or by its columns, whichever are fewer.

        Where a module has no `jvp`, it is by its rows. By parameters those of all
        examples are found together, where these do not depend on each other.

        Returns
        -------
        ndarray, shape (entries of y, entries of what it is by)
        """
        M, N = self.shape
        at, by_rows = self._at, M <= N or not self._at.has_jvp
        if not self._by_x and suits(at, (M if by_rows else N) - 1):
            J = np.empty(self.shape, self.dtype)
            for entries, rows in single_rows(at.net, at.x, at.y, self.dtype):
                J[entries] = rows[:, self._chosen]
            return J
        if by_rows:
            return self._units(self._rmatmat, M, N)
        return self._units(self._matmat, N, M).T

    def _units(self, product, n, m):
        """Return the products with unit vectors as rows, (n, m)."""
        rows = np.zeros((n, m), self.dtype)
        step = 64 if self._many is not None else 1
        with progress(n, " rows", delay=1) as bar:
            for start in range(0, n, step):
                units = np.zeros((n, min(step, n - start)), self.dtype)
                units[np.arange(units.shape[1]) + start, np.arange(units.shape[1])] = 1
                rows[start : start + step] = product(units).T
                bar.update(units.shape[1])
        return rows

    def singular_values(self):
        """Return all singular values, the largest first, by way of `dense`.

        For the few largest of a large J there is `scipy.sparse.linalg.svds`.
        """
        return np.linalg.svd(self.dense(), compute_uv=False)


def _chosen(at, wrt):
    """Return which entries of the flat parameters ``wrt`` names, as a mask."""
    if isinstance(wrt, str) and wrt in ("x", "params", "both"):
        return np.full(at.weights if wrt != "x" else 0, True)
    paths = [wrt] if isinstance(wrt, str) else list(wrt)
    chosen = np.zeros(len(at.parameters), bool)
    for path in paths:
        named = at.named(path)
        if not any(named):
            names = ", ".join(path for path, _, _ in at.parameters[:8])
            raise ValueError(
                f"jacobian: wrt is {path!r}, expected 'x', 'params', 'both' or a path "
                f"of parameters, such as {names or 'none that module has'}"
            )
        chosen |= named
    return np.repeat(chosen, np.array([p.size for _, p, _ in at.parameters], int))


def _columns(product, V, n, dtype):
    found = np.zeros((n, V.shape[1]), dtype)
    for j in range(V.shape[1]):
        found[:, j] = product(V[:, j])
    return found
