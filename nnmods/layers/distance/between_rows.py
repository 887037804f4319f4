"""CosineDistance and DotProduct of pairs of rows."""

import numpy as np

from nnmods.layers.distance.row_pairs import RowPairs, row_dots


class DotProduct(RowPairs):
    """Inner product of each pair of rows.

    ::

        y[n]        = x[0][n] . x[1][n]
        dC_dx[0][n] = dC_dy[n] * x[1][n]
        dC_dx[1][n] = dC_dy[n] * x[0][n]

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` has not two entries of one shape, (N, length) or (length,); if
        ``dC_dy`` is not (N,), or (1,) for two vectors.

    References
    ----------
    .. [1] Torch7, ``nn/DotProduct.lua``.

    Examples
    --------
    >>> DotProduct()([np.array([1.0, 2.0]), np.array([3.0, 4.0])])
    array([11.])
    """

    def measure(self, a, b, out):
        row_dots(a, b, out)

    def slopes(self, a, b, y, da, db):
        da[...], db[...] = b, a

    def turn(self, a, b, y, da, db):
        return db, da


class CosineDistance(RowPairs):
    """Cosine of the angle between each pair of rows.

    ::

        y[n]        = a . b / (|a| |b|)              of a = x[0][n], b = x[1][n]
        dC_dx[0][n] = dC_dy[n] * (b / (|a| |b|) - y[n] a / |a|**2)
        dC_dx[1][n] = dC_dy[n] * (a / (|a| |b|) - y[n] b / |b|**2)

    1e-12 is added to each squared norm, so that rows of zeros give 0. Along (da, db),
    where y changes by y', the first slope changes, and the second likewise, by::

        db / (|a| |b|) - b / (|a| |b|) (a . da / |a|**2 + b . db / |b|**2)
        - (y' a + y da - 2 y a (a . da) / |a|**2) / |a|**2

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` has not two entries of one shape, (N, length) or (length,); if
        ``dC_dy`` is not (N,), or (1,) for two vectors.

    References
    ----------
    .. [1] Torch7, ``nn/CosineDistance.lua``.

    Examples
    --------
    >>> CosineDistance()([np.array([3.0, 0.0]), np.array([1.0, 1.0])]).round(3)
    array([0.707])
    """

    def measure(self, a, b, out):
        squares, product = self._squares(a, b, out.dtype)
        row_dots(a, b, out)
        np.sqrt(np.multiply(*squares, out=product), out=product)
        np.divide(out, product, out=out)

    def slopes(self, a, b, y, da, db):
        (aa, bb), product = self._squares(a, b, y.dtype)
        np.sqrt(np.multiply(aa, bb, out=product), out=product)
        for row, other, square, out in ((a, b, aa, da), (b, a, bb, db)):
            along = self.work("along", out.shape, y.dtype)
            np.multiply(row, np.divide(y, square, out=square)[:, None], out=along)
            np.divide(other, product[:, None], out=out)
            np.subtract(out, along, out=out)

    def turn(self, a, b, y, da, db):
        (aa, bb), product = self._squares(a, b, y.dtype)
        aa, bb, y = aa[:, None], bb[:, None], y[:, None]
        product = np.sqrt(
            np.multiply(aa, bb, out=product[:, None]), out=product[:, None]
        )
        grown_a, grown_b = (
            np.vecdot(row, d)[:, None] / square
            for row, d, square in ((a, da, aa), (b, db, bb))
        )
        dy = (np.vecdot(b, da) + np.vecdot(a, db))[:, None] / product
        dy -= y * (grown_a + grown_b)

        def one(row, other, drow, dother, square, grown):
            across = (dother - other * (grown_a + grown_b)) / product
            return across - (dy * row + y * drow - 2 * y * grown * row) / square

        return one(a, b, da, db, aa, grown_a), one(b, a, db, da, bb, grown_b)

    def _squares(self, a, b, dtype):
        """Return |a|**2 + 1e-12, the same of b, and memory for their product."""
        aa, bb, product = (self.work(n, (len(a),), dtype) for n in ("aa", "bb", "ab"))
        np.add(row_dots(a, a, aa), 1e-12, out=aa)
        np.add(row_dots(b, b, bb), 1e-12, out=bb)
        return (aa, bb), product
