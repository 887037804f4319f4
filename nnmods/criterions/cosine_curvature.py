"""CosineCurvature: second derivatives of the cosine of two vectors."""

import numpy as np


class CosineCurvature:
    """Mixin of a pair criterion whose gradient is k times that of a cosine.

    ::

        i, cos  = 1 / (A B), a . b / (A B)             with A, B the lengths of a, b
        g       = i * b - a * cos / A^2                the gradient by a
        i'      = -i * (a . da / A^2 + b . db / B^2)
        cos'    = i * (da . b + a . db) + i' * a . b
        g'      = i' * b + i * db + a * (2 cos * (a . da) / A^2 - cos') / A^2
                  - da * cos / A^2
        ddC_da  = k * g'
        d2C_da2 = k * ((3 * cos * a / A^2 - 2 * i * b) * a - cos) / A^2

    with ' the derivative along (da, db); by b likewise.
    """

    def _turn(self, a, b, target, da, db, ddC_da, ddC_db):
        a, b, dot, a_a, b_b, inverse, cos = self._parts(a, b)
        k, da, db = self._signs(cos, target), da.reshape(a.shape), db.reshape(b.shape)
        numbers = self.work("numbers", (5, len(a)), a.dtype)
        a_da, b_db, d_inverse, d_cos, factor = numbers
        np.multiply(np.vecdot(a, da, out=a_da, casting="same_kind"), a_a, out=a_da)
        np.multiply(np.vecdot(b, db, out=b_db, casting="same_kind"), b_b, out=b_db)
        np.add(a_da, b_db, out=d_inverse)
        np.multiply(d_inverse, inverse, out=d_inverse)
        np.negative(d_inverse, out=d_inverse)
        np.vecdot(da, b, out=d_cos, casting="same_kind")
        np.add(d_cos, np.vecdot(a, db, out=factor, casting="same_kind"), out=d_cos)
        np.multiply(d_cos, inverse, out=d_cos)
        np.add(d_cos, np.multiply(dot, d_inverse, out=factor), out=d_cos)

        def terms(own, other, d_own, d_other, square, turned):
            yield d_inverse, other
            yield inverse, d_other
            np.multiply(turned, 2, out=factor)
            np.multiply(factor, cos, out=factor)
            np.subtract(factor, d_cos, out=factor)
            yield np.multiply(factor, square, out=factor), own
            np.multiply(cos, square, out=factor)
            yield np.negative(factor, out=factor), d_own

        self._put(ddC_da.reshape(a.shape), k, terms(a, b, da, db, a_a, a_da))
        self._put(ddC_db.reshape(b.shape), k, terms(b, a, db, da, b_b, b_db))

    def _put(self, out, k, terms):
        """Write ``k`` times the sum of number * vector, for each row, to ``out``."""
        share = self.work("products", out.shape, out.dtype)
        out.fill(0)
        for number, x in terms:
            np.multiply(x, number[:, None], out=share, casting="same_kind")
            np.add(out, share, out=out)
        np.multiply(out, k[:, None], out=out)

    def _diagonal(self, a, b, target, d2C_da2, d2C_db2):
        a, b, _, a_a, b_b, inverse, cos = self._parts(a, b)
        k, share = self._signs(cos, target), self.work("products", a.shape, a.dtype)
        np.multiply(inverse, 2, out=inverse)
        factor = self.work("factor", cos.shape, cos.dtype)
        for own, other, square, out in ((a, b, a_a, d2C_da2), (b, a, b_b, d2C_db2)):
            out = out.reshape(own.shape)
            np.multiply(cos, square, out=factor)
            np.multiply(factor, 3, out=factor)
            np.multiply(own, factor[:, None], out=out)
            np.multiply(other, inverse[:, None], out=share)
            np.subtract(out, share, out=out)
            np.multiply(out, own, out=out)
            np.subtract(out, cos[:, None], out=out)
            np.multiply(k, square, out=factor)
            np.multiply(out, factor[:, None], out=out)
