"""Normalize: vectors of norm 1."""

import numpy as np

from nnmods.core import Module, check
from nnmods.core.options import as_number
from nnmods.layers.normalization.channel_moments import quiet
from nnmods.layers.normalization.folding import buffer_in_order, in_order
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
                v = self._rows(in_order(v, out.dtype, self.work, "v"))
                out2, dots = self._rows(out), self.work("dots", norm.shape, out.dtype)
                np.vecdot(right, v, out=dots[:, 0])
                np.multiply(left, dots, out=out2)
                np.subtract(v, out2, out=out2)
                np.divide(out2, norm, out=out2)
                np.divide(out2, unit, out=out2)
        return out

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
