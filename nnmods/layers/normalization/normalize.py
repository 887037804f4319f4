"""Normalize: vectors of norm 1."""

import numpy as np

from nnmods.core import Module, check
from nnmods.layers.normalization.channels import quiet
from nnmods.layers.normalization.folding import buffer_in_order, in_order


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
        self.eps = 1e-10 if eps is None else eps

    def forward(self, x):
        self._check(x)
        self.y = buffer_in_order(self.y, x, module=self)
        if x.size:
            with quiet():
                u, _, _, norm = self._measure(x, self.y.dtype)
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
                u, unit, normp, norm = self._measure(x, out.dtype)
                b = self._slope(u, unit, normp, norm)
                left, right = (u, b) if forward else (b, u)
                v, out2 = (
                    self._rows(in_order(v, out.dtype, self.work, "v")),
                    self._rows(out),
                )
                dots = self.work("dots", norm.shape, out.dtype)
                np.vecdot(right, v, out=dots[:, 0])
                np.multiply(left, dots, out=out2)
                np.subtract(v, out2, out=out2)
                np.divide(out2, norm, out=out2)
                np.divide(out2, unit, out=out2)
        return out

    def _measure(self, x, dtype):
        """Return u = x / unit, the unit, normp and norm of u, for each vector."""
        rows = self._rows(in_order(x, dtype, self.work, "x"))
        u, power = self.work("u", (2, *rows.shape), dtype)
        unit, normp, norm = self.work("norms", (3, len(rows), 1), dtype)
        eps = dtype.type(self.eps)
        np.absolute(rows, out=power)
        np.maximum.reduce(power, 1, None, unit, True, initial=1 if eps else 0)
        unit[(unit == 0) | np.isinf(unit)] = 1
        np.divide(rows, unit, out=u)
        np.divide(power, unit, out=power)
        if self.p == np.inf:
            np.maximum.reduce(power, 1, None, normp, True)
            np.add(normp, eps / unit, out=normp)
            np.copyto(norm, normp)
        else:
            if self.p != 1:
                np.power(power, self.p, out=power)
            np.add.reduce(power, 1, None, normp, True)
            if eps:  # else 0 * inf, where the unit is small
                np.add(normp, eps * unit**-self.p, out=normp)
            np.power(normp, 1 / self.p, out=norm)
        return u, unit, normp, norm

    def _slope(self, u, unit, normp, norm):
        """Return b for vectors u, in scratch memory."""
        b = self.work("b", u.shape, u.dtype)
        if self.p == 2:
            return np.divide(u, normp, out=b)
        np.absolute(u, out=b)
        if self.p == np.inf:
            first = b.argmax(axis=1)[:, None]
            largest = np.take_along_axis(u, first, 1)
            b.fill(0)
            np.put_along_axis(b, first, largest / norm / norm, 1)
            return b
        if self.p < 2:
            zero = self.work("zero", u.shape, np.dtype(np.bool_))
            np.equal(b, 0, out=zero)
            np.add(b, u.dtype.type(self.eps) / unit, out=b)
            np.copyto(b, 1, where=zero)  # whose power may overflow, and meets u = 0
        np.power(b, self.p - 2, out=b)
        np.multiply(b, u, out=b)
        return np.divide(b, normp, out=b)

    def _rows(self, x):
        return x[None] if x.ndim == 1 else x

    def _check(self, x):
        batch = getattr(x, "ndim", 1) > 1
        check(self, "x", x, (None,) * (1 + batch))

    def __repr__(self):
        eps = "" if self.eps == 1e-10 else f", eps={self.eps:g}"
        return f"Normalize({self.p:g}{eps})"
