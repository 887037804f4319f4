"""CosineEmbeddingCriterion: the angle between two vectors."""

import numpy as np

from nnmods.core.dtypes import promote
from nnmods.core.options import as_number
from nnmods.criterions.cosine_curvature import CosineCurvature
from nnmods.criterions.options import as_flag, describe
from nnmods.criterions.pairs import PairCriterion
from nnmods.criterions.signs import alike, shaped_like

#: Keeps the cosine of a vector of length 0 finite, as in Torch7.
EPS = 1e-12


class CosineEmbeddingCriterion(CosineCurvature, PairCriterion):
    """Hinge loss of the cosine of two vectors: 1 where alike, small where not.

    ::

        A, B   = sqrt(a . a + eps), sqrt(b . b + eps)                with a, b = y
        cos    = a . b / (A B)
        C      = scale * sum_n (1 - cos where target = 1,
                                max(0, cos - margin) where target = -1)
        dC_da  = k * (b - a * (a . b) / A^2) / (A B)
        k      = scale * (-1 where target = 1, 1 where target = -1 and cos > margin)
        scale  = 1 / N, or 1 without size_average

    with eps = 1e-12, and dC_db likewise. ``y`` is a table of two arrays (N, D) with a
    ``target`` of (N,), or (D,) with one label. Exactly at the margin the gradient is 0.

    Parameters
    ----------
    margin : float, default=0
    size_average : bool, default=True
        Whether to divide by N.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If ``y`` has other than two entries or they are not of one shape, (N, D) or
        (D,), if ``target`` is of another length, or a label neither 1 nor -1.

    References
    ----------
    Torch7, nn.CosineEmbeddingCriterion.

    Examples
    --------
    >>> cost = CosineEmbeddingCriterion()
    >>> y = [np.array([3.0, 4.0]), np.array([5.0, 0.0])]
    >>> round(cost(y, 1), 6), round(cost(y, -1), 6)
    (0.4, 0.6)
    """

    def __init__(self, margin=0, *, size_average=True, dtype=None):
        super().__init__(dtype)
        self.margin = as_number(self, "margin", margin, 0)
        self.size_average = as_flag(size_average)

    def _pair(self, y):
        a, b = super()._pair(y)
        if a.ndim not in (1, 2):
            raise ValueError(
                f"{self!r}: y[0] has shape {a.shape}, expected (N, D) or (D,)"
            )
        return a, b

    def _compared(self, a, b, target):
        n_samples = len(a) if a.ndim == 2 else 1
        return alike(self, shaped_like(self, target, (n_samples,)))

    def _cost(self, a, b, target):
        loss = self._losses(self._parts(a, b)[-1], target)
        np.maximum(loss, 0, out=loss)
        return float(np.add.reduce(loss)) * self._scale(target)

    def _gradient(self, a, b, target, dC_da, dC_db):
        a, b, dot, a_a, b_b, inverse, cos = self._parts(a, b)
        k = self._signs(cos, target)
        share = self.work("products", a.shape, a.dtype)
        for own, other, square, out in ((a, b, a_a, dC_da), (b, a, b_b, dC_db)):
            np.multiply(dot, square, out=square)
            np.multiply(own, square[:, None], out=share)
            np.subtract(other, share, out=share)
            np.multiply(share, inverse[:, None], out=share)
            np.multiply(share, k[:, None], out=out.reshape(own.shape))

    def _signs(self, cos, target):
        """Return k, in scratch memory."""
        k = self._losses(cos, target)
        np.heaviside(k, 0.0, out=k)
        np.negative(k, out=k, where=target)
        return np.multiply(k, self._scale(target), out=k)

    def _losses(self, cos, target):
        """Return 1 - cos or cos - margin, in scratch memory."""
        loss = self.work("loss", cos.shape, cos.dtype)
        np.subtract(cos, self.margin, out=loss)
        return np.subtract(1, cos, out=loss, where=target)

    def _parts(self, a, b):
        """Return a and b as (N, D), a . b, 1 / A^2, 1 / B^2, 1 / (A B) and cos."""
        dtype, work = promote(self, (a, b)), self.work
        n_samples = len(a) if a.ndim == 2 else 1
        rows = []
        for name, x in (("a", a), ("b", b)):
            copy = work(name, (n_samples, a.shape[-1]), dtype)
            copy[...] = x
            rows.append(copy)
        a, b = rows
        products = work("products", a.shape, dtype)
        sums = []
        for name, p, q in (("dot", a, b), ("a_a", a, a), ("b_b", b, b)):
            np.multiply(p, q, out=products)
            total = work(name, (n_samples,), dtype)
            sums.append(np.add.reduce(products, axis=1, out=total))
        dot, a_a, b_b = sums
        for square in (a_a, b_b):
            np.add(square, EPS, out=square)
            np.divide(1, square, out=square)
        inverse = work("inverse", (n_samples,), dtype)
        np.multiply(a_a, b_b, out=inverse)
        np.sqrt(inverse, out=inverse)
        cos = np.multiply(dot, inverse, out=work("cos", (n_samples,), dtype))
        return a, b, dot, a_a, b_b, inverse, cos

    def _scale(self, target):
        return 1 / len(target) if self.size_average and len(target) else 1.0

    def __repr__(self):
        return describe(self, margin=0, size_average=True)
