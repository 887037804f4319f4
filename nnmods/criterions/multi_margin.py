"""MultiMarginCriterion: the hinge of every wrong class."""

import numpy as np

from nnmods.core import Criterion, check, reuse
from nnmods.core.dtypes import promote
from nnmods.core.options import as_number
from nnmods.criterions.labels import as_rows, class_labels
from nnmods.criterions.options import as_flag, as_weights, check_class_weights, describe
from nnmods.criterions.picking import places, weights_of


class MultiMarginCriterion(Criterion):
    """Hinge loss of class scores: the right one above the others by a margin.

    ::

        z[n, c]     = margin - y[n, t_n] + y[n, c]
        C           = scale * sum_n w[t_n] * sum_(c != t_n) max(0, z[n, c])^p
        dC_dy[n, c] = scale * w[t_n] * p * z[n, c]^(p - 1) where c != t_n and z > 0
        dC_dy[n, t_n] = -sum_(c != t_n) dC_dy[n, c]
        H dy[n, c]  = scale * w[t_n] * 2 * (dy[n, c] - dy[n, t_n])   likewise, for p = 2
        H dy[n, t_n] = -sum_(c != t_n) H dy[n, c]
        scale       = 1 / (N C), or 1 / C without size_average

    with t the target. Exactly at the margin the gradient is 0.

    Parameters
    ----------
    p : {1, 2}, default=1
    weights : array_like, shape (C,), default=None
        w, one for each class; None means 1. They do not enter the divisor.
    margin : float, default=1
    size_average : bool, default=True
        Whether to divide by N, the number of samples.
    dtype : numpy dtype, default=None
        Of the weights, and in which y of integers is computed.

    Attributes
    ----------
    weights : ndarray, shape (C,), or None

    Raises
    ------
    TypeError
        If ``p`` or ``margin`` is no number.
    ValueError
        If ``p`` is neither 1 nor 2, ``y`` is not (N, C) with a ``target`` of (N,), or
        (C,) with one label, or a label is not whole and from 0 to C - 1.

    References
    ----------
    K. Crammer, Y. Singer, "On the algorithmic implementation of multiclass
    kernel-based vector machines", JMLR 2 (2001); Torch7, nn.MultiMarginCriterion.

    Examples
    --------
    >>> cost = MultiMarginCriterion()
    >>> y = np.array([1.0, 1.5, -3.0])
    >>> 3 * cost(y, 0), 3 * cost.backward(y, 0)
    (1.5, array([-1.,  1.,  0.]))
    """

    def __init__(self, p=1, weights=None, margin=1.0, *, size_average=True, dtype=None):
        super().__init__(dtype)
        self.p = as_number(self, "p", p, 1)
        if self.p not in (1, 2):
            raise ValueError(f"MultiMarginCriterion: p is {p!r}, expected 1 or 2")
        self.weights = as_weights(self, weights, 1)
        self.margin = as_number(self, "margin", margin, 1.0)
        self.size_average = as_flag(size_average)

    @property
    def curved(self):
        """Whether the gradient changes otherwise than in steps."""
        return self.p == 2

    def forward(self, y, target):
        rows, label = self._arguments(y, target)
        z, _ = self._margins(rows, label)
        np.maximum(z, 0, out=z)
        if self.p == 2:
            np.multiply(z, z, out=z)
        if self.weights is not None:
            np.multiply(z, weights_of(self, label)[:, None], out=z)
        self.C = float(np.add.reduce(z, axis=None)) * self._scale(rows)
        return self.C

    def backward(self, y, target):
        rows, label = self._arguments(y, target)
        self.dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        z, index = self._margins(rows, label)
        if self.p == 1:
            np.heaviside(z, 0.0, out=z)
        else:
            np.maximum(z, 0, out=z)
        self._weigh(z, rows, label)
        total = self._totals(z)
        z.reshape(-1)[index] = np.negative(total, out=total)
        self.dC_dy.reshape(rows.shape)[...] = z
        return self.dC_dy

    def hvp(self, y, target, dy):
        if not self.curved:
            return super().hvp(y, target, dy)
        rows, label = self._arguments(y, target)
        check(self, "dy", dy, y.shape)
        self._ddC_dy = reuse(self._ddC_dy, y.shape, y, dy, module=self)
        z, index = self._margins(rows, label)
        np.heaviside(z, 0.0, out=z)
        self._weigh(z, rows, label)
        turned = self.work("turned", rows.shape, z.dtype)
        turned[...] = dy.reshape(rows.shape)
        own = self.work("picked", label.shape, z.dtype)
        turned.take(index, None, own, "clip")
        np.subtract(turned, own[:, None], out=turned)
        np.multiply(turned, z, out=turned)
        total = self._totals(turned)
        turned.reshape(-1)[index] = np.negative(total, out=total)
        self._ddC_dy.reshape(rows.shape)[...] = turned
        return self._ddC_dy

    def diag_hessian(self, y, target):
        if not self.curved:
            return super().diag_hessian(y, target)
        rows, label = self._arguments(y, target)
        self._d2C_dy2 = reuse(self._d2C_dy2, y.shape, y, module=self)
        z, index = self._margins(rows, label)
        np.heaviside(z, 0.0, out=z)
        self._weigh(z, rows, label)
        z.reshape(-1)[index] = self._totals(z)
        self._d2C_dy2.reshape(rows.shape)[...] = z
        return self._d2C_dy2

    def _weigh(self, z, rows, label):
        np.multiply(z, self.p * self._scale(rows), out=z)
        if self.weights is not None:
            np.multiply(z, weights_of(self, label)[:, None], out=z)

    def _totals(self, z):
        """Return the sums of the rows of ``z``, in scratch memory."""
        total = self.work("picked", z.shape[:1], z.dtype)
        return np.add.reduce(z, axis=1, out=total)

    def _arguments(self, y, target):
        rows, target = as_rows(self, y, target)
        check_class_weights(self, rows.shape[1])
        return rows, class_labels(self, target, rows.shape[1])[0]

    def _margins(self, rows, label):
        """Return z, 0 at the labels, and where these lie in it laid out flat."""
        z = self.work("z", rows.shape, promote(self, (rows,)))
        np.copyto(z, rows)
        flat = z.reshape(-1)
        index = places(self, label, 1, rows.shape[1:])
        short = self.work("picked", label.shape, z.dtype)
        flat.take(index, None, short, "clip")
        np.subtract(self.margin, short, out=short)
        np.add(z, short[:, None], out=z)
        flat[index] = 0
        return z, index

    def _scale(self, rows):
        n_samples, n_classes = rows.shape
        divisor = n_samples * n_classes if self.size_average else n_classes
        return 1 / divisor if divisor else 1.0

    def __repr__(self):
        return describe(self, p=1, weights=None, margin=1, size_average=True)
