"""SoftMaxCurvature: second derivatives of costs of labels, by raw scores."""

import numpy as np

from nnmods.core import Criterion, check, reuse
from nnmods.kernels.blocks import row_dots


class SoftMaxCurvature(Criterion):
    """A cost with ``dC_dy = k * (p - e)``, p a softmax, e what does not change with y.

    ::

        ddC_dy  = k * p * (dy - m) + b * (dy_t - m) * (p - e)     with m = sum(p * dy)
        d2C_dy2 = k * p * (1 - p) - b * (p - e)^2

    for each row, where b is the derivative of k by log(p) at the label t; where b is
    not 0, e is 1 at the label and else 0. A subclass writes ``_curvatures(rows, parts,
    found)``, which returns k and b, and None for a b of zeros.
    """

    def hvp(self, y, target, dy):
        rows, parts, found = self._arguments(y, target)
        check(self, "dy", dy, y.shape)
        self._ddC_dy = reuse(self._ddC_dy, y.shape, y, dy, module=self)
        return self._turn_all(rows, parts, found, dy, self._ddC_dy)

    def diag_hessian(self, y, target):
        rows, parts, found = self._arguments(y, target)
        self._d2C_dy2 = reuse(self._d2C_dy2, y.shape, y, module=self)
        return self._turn_all(rows, parts, found, None, self._d2C_dy2)

    def _turn_all(self, rows, parts, found, dy, out):
        """Write ddC_dy, or the diagonal without ``dy``, to ``out`` and return it."""
        if not rows.size:
            return out
        turned, task = self.work("turned", rows.shape, parts.dtype), self._square
        even = self.work("even rows", rows.shape, parts.dtype)
        last = self._classes_last(out, rows.shape)
        if dy is not None:
            dy, task = self._classes_last(dy, rows.shape), self._turn
            np.copyto(turned.reshape(last.shape), dy, casting="same_kind")
        k, b = self._curvatures(rows, parts, found)
        parts.each(task, rows, found[0], k, b, even, turned)
        last[...] = turned.reshape(last.shape)
        return out

    def _turn(self, block, rows, index, k, b, even, turned):
        """Write ddC_dy over dy."""
        p = _probabilities(block, rows)
        mean = row_dots(p, turned, block.factor)
        np.subtract(turned, _spread(mean, even), out=turned)
        if b is not None:
            flat, picked = turned.reshape(-1), block.picked
            flat.take(index, None, picked, "clip")  # "raise" copies picked first
            np.multiply(picked, b, out=picked)
        np.multiply(turned, p, out=turned)
        np.multiply(turned, _spread(k, even), out=turned)
        if b is not None:
            p.reshape(-1)[index] -= 1
            np.multiply(p, _spread(picked, even), out=p)
            np.add(turned, p, out=turned)

    def _square(self, block, rows, index, k, b, even, turned):
        """Write the diagonal."""
        p = _probabilities(block, rows)
        np.subtract(1, p, out=turned)
        np.multiply(turned, p, out=turned)
        np.multiply(turned, _spread(k, even), out=turned)
        if b is not None:
            p.reshape(-1)[index] -= 1
            np.square(p, out=p)
            np.multiply(p, _spread(b, even), out=p)
            np.subtract(turned, p, out=turned)

    def _curvatures(self, rows, parts, found):
        """Return k and b of each row, with what `_arguments` returned."""
        raise NotImplementedError(
            f"{self!r}: _curvatures is not written; second derivatives need it"
        )

    def _classes_last(self, a, shape):
        """Return a view of ``a``, shaped like y, with one row for each label."""
        return a.reshape(shape)


def _probabilities(block, rows):
    """Return p, in the room of a block."""
    block.hold(rows)
    return np.divide(block.e, block.spread(block.total), out=block.room)


def _spread(numbers, out):
    """Return a number of each row as one of each entry, in ``out``.

    NumPy buffers an operand that it broadcasts: this takes no memory, in any lane.
    """
    out[...] = numbers[:, None]
    return out
