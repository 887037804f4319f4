"""Normalize: vectors of norm 1."""

import numpy as np

from nnmods.core import Module, check
from nnmods.core.options import as_number
from nnmods.layers.normalization.channel_moments import quiet
from nnmods.layers.normalization.folding import buffer_in_order, in_order
from nnmods.layers.normalization.vector_curvature import add_own, bends, square, turn
from nnmods.layers.normalization.vector_norms import measure, slopes


class Normalize(Module):
    """Each vector, divided by its p-norm.

    ::

        normp = sum(abs(x)**p) + eps            norm = normp**(1 / p)
        y     = x / norm
        b     = x * abs(x)**(p - 2) / normp     (d norm / dx, divided by norm)
        dC_dx = (dC_dy - b * sum(x * dC_dy)) / norm
        dy    = (dx - x * sum(b * dx)) / norm

        p = inf:
        norm  = max(abs(x)) + eps
        b     = x / norm**2 at the first largest abs(x), else 0

    As in Torch7, b has ``(abs(x) + eps)**(p - 2)`` where p < 2, which is finite at
    x = 0, and y is not quite of norm 1 if eps is not small. Vectors with entries beyond
    1 are worked on in units of their largest, so that no power overflows.

    Second derivatives are exact, with ``k = p``, or 2 for p = inf:

    ::

        db     = w dx - k b sum(rho * dx),  rho = d norm / dx / norm
        ddC_dx = -(dC_dy * sum(rho * dx) + w dx * sum(x * dC_dy)
                   + b (sum(dC_dy * dx) - (1 + k) sum(rho * dx) sum(x * dC_dy))) / norm

    Where x = 0 and p < 2, an edge of abs(x)**p, they take w and rho to be 0.

    Parameters
    ----------
    p : float
        Of the norm, above 0; ``np.inf`` takes the largest absolute value.
    eps : float or None, default=1e-10
        Keeps the division finite; None means the default.

    Raises
    ------
    TypeError
        If ``p`` is not a number.
    ValueError
        If ``p`` is not above 0; if ``x`` is not a vector (D,) or a batch (N, D), or
        ``dC_dy`` not shaped like it.

    References
    ----------
    .. [1] Torch7, ``nn.Normalize``.

    Examples
    --------
    >>> Normalize(2)(np.array([3.0, 4.0]))
    array([0.6, 0.8])
    >>> Normalize(np.inf)(np.array([3.0, 4.0]))
    array([0.75, 1.  ])
    """

    def __init__(self, p, eps=None):
        super().__init__()
        if not isinstance(p, (int, float, np.number)):
            raise TypeError(f"Normalize: p is {p!r}, expected a number above 0")
        if not p > 0:
            raise ValueError(f"Normalize: p is {p!r}, expected a number above 0")
        self.p = p
        self.eps = as_number(self, "eps", eps, 1e-10)

    def forward(self, x):
        self._check(x)
        self.y = buffer_in_order(self.y, x, module=self)
        if x.size:
            with quiet():
                u, _, _, norm = self._measured(x, self.y.dtype)
                np.divide(u, norm, out=self._rows(self.y))
        return self.y

    def backward(self, x, dC_dy):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = buffer_in_order(self.dC_dx, dC_dy, x, module=self)
        return self._product(x, dC_dy, self.dC_dx)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        self._check(x)
        check(self, "dx", dx, x.shape)
        self._dy = buffer_in_order(self._dy, dx, x, module=self)
        return self._product(x, dx, self._dy, forward=True)

    def _product(self, x, v, out, forward=False):
        """Write the transposed Jacobian, or the plain one, times ``v`` into ``out``."""
        if x.size:
            with quiet():
                u, unit, normp, norm = self._measured(x, out.dtype)
                b = slopes(u, unit, normp, norm, self.p, self.eps, self.work)
                left, right = (u, b) if forward else (b, u)
                v = self._vectors(v, out, "v")
                out2, dots = self._rows(out), self.work("dots", norm.shape, out.dtype)
                np.vecdot(right, v, out=dots[:, 0])
                np.multiply(left, dots, out=out2)
                np.subtract(v, out2, out=out2)
                np.divide(out2, norm, out=out2)
                np.divide(out2, unit, out=out2)
        return out

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        check(self, "dx", dx, x.shape)
        self.dC_dx = out = buffer_in_order(self.dC_dx, dC_dy, x, dx, module=self)
        if x.size:
            with quiet():
                v, dx = self._vectors(dC_dy, out, "v"), self._vectors(dx, out, "dx")
                turn(*self._bent(x, out), v, dx, self._rows(out), self.work)
        return out

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x)
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        v = d2C_dy2 if dC_dy is None else dC_dy
        check(self, "dC_dy", v, x.shape)
        self._d2C_dx2 = out = buffer_in_order(self._d2C_dx2, d2C_dy2, v, x, module=self)
        if x.size:
            with quiet():
                h, out2 = self._vectors(d2C_dy2, out, "h"), self._rows(out)
                measured, b, bent = self._bent(x, out)
                square(measured, b, h, out2, self.work)
                if dC_dy is not None:
                    v = self._vectors(v, out, "v")
                    add_own(measured, b, bent, v, out2, self.work)
        return out

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _bent(self, x, out):
        """Return what `measure`, `slopes` and `bends` find for the vectors of x."""
        u, unit, normp, norm = measured = self._measured(x, out.dtype)
        b = slopes(u, unit, normp, norm, self.p, self.eps, self.work)
        bent = bends(u, normp, norm, b, self.p, self.eps, unit, self.work)
        return measured, b, bent

    def _vectors(self, v, out, name):
        return self._rows(in_order(v, out.dtype, self.work, name))

    def _measured(self, x, dtype):
        """Return what `measure` finds for the vectors of x."""
        rows = self._rows(in_order(x, dtype, self.work, "x"))
        return measure(rows, self.p, self.eps, self.work)

    def _rows(self, x):
        return x[None] if x.ndim == 1 else x

    def _check(self, x):
        batch = getattr(x, "ndim", 1) > 1
        check(self, "x", x, (None,) * (1 + batch))

    def __repr__(self):
        eps = "" if self.eps == 1e-10 else f", eps={self.eps:g}"
        return f"Normalize({self.p:g}{eps})"
