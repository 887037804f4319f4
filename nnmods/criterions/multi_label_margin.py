"""MultiLabelMarginCriterion: the hinge of every label against every other class."""

import numpy as np

from nnmods.core import Criterion, check, reuse
from nnmods.core.dtypes import promote
from nnmods.criterions.labels import as_labels, place
from nnmods.criterions.options import as_flag, describe
from nnmods.criterions.picking import starts_of


class MultiLabelMarginCriterion(Criterion):
    """Hinge loss of class scores: each label above all other classes by 1.

    ::

        z[n, t, c]  = 1 - y[n, t] + y[n, c]
        C           = scale * sum_n sum_(t in T_n) sum_(c not in T_n) max(0, z[n, t, c])
        dC_dy[n, c] =  scale * number of t in T_n with z[n, t, c] > 0, for c not in T_n
        dC_dy[n, t] = -scale * number of c not in T_n with z[n, t, c] > 0, for t in T_n
        scale       = 1 / (N C), or 1 / C without size_average

    T_n is the list of labels ``target[n]`` up to its first -1: ``[2, 0, -1, 1]`` names
    classes 2 and 0. A label listed twice counts twice. Exactly at the margin the
    gradient is 0.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by N, the number of samples.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``y`` is not (N, C) or (C,), ``target`` not shaped like it, or a label not
        whole and from -1 to C - 1, be it behind the end of a list.

    References
    ----------
    Torch7, nn.MultiLabelMarginCriterion.

    Examples
    --------
    >>> cost = MultiLabelMarginCriterion()
    >>> y, target = np.array([0.5, 1.0, -4.0]), np.array([1, -1, 0])
    >>> 3 * cost(y, target), 3 * cost.backward(y, target)
    (0.5, array([ 1., -1.,  0.]))
    """

    curved = False

    def __init__(self, *, size_average=True, dtype=None):
        super().__init__(dtype)
        self.size_average = as_flag(size_average)

    def forward(self, y, target):
        rows, target = self._arguments(y, target)
        self.C = 0.0
        for z, _ in self._margins(rows, target):
            np.maximum(z, 0, out=z)
            self.C += float(np.add.reduce(z, axis=None))
        self.C *= self._scale(rows)
        return self.C

    def backward(self, y, target):
        rows, target = self._arguments(y, target)
        self.dC_dy = reuse(self.dC_dy, y.shape, y, module=self)
        grad = self.work("grad", (rows.size + 1,), self.dC_dy.dtype)
        grad.fill(0)
        square = grad[:-1].reshape(rows.shape)
        total = self.work("total", rows.shape[:1], grad.dtype)
        picked = self.work("picked", rows.shape[:1], grad.dtype)
        for z, index in self._margins(rows, target):
            np.heaviside(z, 0.0, out=z)
            np.add(square, z, out=square)
            np.add.reduce(z, axis=1, out=total)
            grad.take(index, None, picked, "clip")
            grad[index] = np.subtract(picked, total, out=picked)
        np.multiply(square, self._scale(rows), out=square)
        self.dC_dy.reshape(rows.shape)[...] = square
        return self.dC_dy

    def _arguments(self, y, target):
        check(self, "y", y, (...,))
        if y.ndim not in (1, 2):
            check(self, "y", y, (None, None))
        target = as_labels(self, target, y.shape)
        rows = y[None] if y.ndim == 1 else y
        if target.size:
            low = np.minimum.reduce(target, axis=None)
            if low < -1 or np.maximum.reduce(target, axis=None) >= rows.shape[1]:
                at = place((target < -1) | (target >= rows.shape[1]))
                raise ValueError(
                    f"{self!r}: target has label {target[at]} at {at}, expected 0 to "
                    f"{rows.shape[1] - 1}, or -1 at the end; labels count from 0"
                )
        return rows, target.reshape(rows.shape)

    def _margins(self, rows, target):
        """Yield z of the first labels of all lists, of the second ones, and so on.

        Each is (N, C), 0 for the classes of the list and for lists that are over, and
        comes with the places of the labels in an array laid out flat; one place behind
        the end stands for lists that are over.
        """
        (n, c), work = rows.shape, self.work
        values = work("y", (n * c + 1,), promote(self, (rows,)))
        values[:-1].reshape(n, c)[...] = rows
        values[-1] = 0
        index = work("index", (c, n), np.intp)  # of the k-th labels in row k
        index[...] = target.T
        end, over = work("end", (c, n), np.bool_), work("over", (c, n), np.bool_)
        np.equal(index, -1, out=end)
        np.logical_or.accumulate(end, axis=0, out=over)
        np.add(index, starts_of(n, c), out=index)
        np.copyto(index, n * c, where=over)
        listed = work("listed", (n * c + 1,), np.bool_)
        listed.fill(False)
        listed[index] = True
        listed = listed[:-1].reshape(n, c)
        z = work("z", (n, c), values.dtype)
        short = work("short", (n,), values.dtype)
        for k in range(c):
            if np.logical_and.reduce(over[k]):
                return
            values.take(index[k], None, short, "clip")
            np.subtract(1, short, out=short)
            np.add(values[:-1].reshape(n, c), short[:, None], out=z)
            np.copyto(z, 0, where=listed)
            np.copyto(z, 0, where=over[k][:, None])
            yield z, index[k]

    def _scale(self, rows):
        n_samples, n_classes = rows.shape
        divisor = n_samples * n_classes if self.size_average else n_classes
        return 1 / divisor if divisor else 1.0

    def __repr__(self):
        return describe(self, size_average=True)
