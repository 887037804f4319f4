"""MaskedSelect: the entries that a mask names, as a vector."""

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.tables import check_like, check_table
from nnmods.layers.shape.reshaping import reshaped

#: How many entries are picked at a time: what NumPy allocates for them stays small.
CHUNK = 8192


class MaskedSelect(LinearMap):
    """Pick the entries that a mask names, in their order, as a vector.

    ::

        x           = [values, mask]
        y           = values[mask]
        dC_dx[0]    = dC_dy at the places of the mask, else 0
        dC_dx[1]    = 0

    Raises
    ------
    TypeError
        If ``x`` is not a table, or the mask not one of booleans or integers.
    ValueError
        If ``x`` has not two entries of one shape, the mask another number than 0 and 1,
        or ``dC_dy`` not as many entries as were picked.

    References
    ----------
    Torch7, ``nn.MaskedSelect``.

    Examples
    --------
    >>> x = [np.array([1.0, 2.0, 3.0]), np.array([True, False, True])]
    >>> MaskedSelect()(x)
    array([1., 3.])
    >>> MaskedSelect().backward(x, np.array([5.0, 6.0]))
    [array([5., 0., 6.]), array([0., 0., 0.])]
    """

    def forward(self, x):
        values, mask, count = self._picked(x)
        self.y = reuse(self.y, (count,), values, module=self)
        place = 0
        for start in range(0, values.size, CHUNK):
            chunk = slice(start, start + CHUNK)
            picked = values[chunk][mask[chunk]]
            self.y[place : place + picked.size] = picked
            place += picked.size
        return self.y

    def backward(self, x, dC_dy):
        _, mask, count = self._picked(x)
        check(self, "dC_dy", dC_dy, (count,))
        values, zeros = self.dC_dx or (None, None)
        values = reuse(values, x[0].shape, dC_dy, x[0], module=self)
        zeros = reuse(zeros, x[0].shape, dC_dy, module=self)
        values.fill(0)
        zeros.fill(0)
        if count:
            np.place(values, mask.reshape(values.shape), dC_dy)
        self.dC_dx = [values, zeros]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, [dx[0], x[1]])

    def _picked(self, x):
        """Return both entries of x as vectors, the mask as booleans, and its count."""
        check_table(self, "x", x, 2)
        values, numbers = x
        check(self, "x[0]", values, (...,))
        check(self, "x[1]", numbers, values.shape)
        if numbers.dtype.kind == "f":
            raise TypeError(
                f"{self!r}: x[1] has dtype {numbers.dtype}, expected booleans, or "
                "integers 0 and 1"
            )
        if numbers.dtype.kind != "b" and numbers.size:
            low, high = numbers.min(), numbers.max()
            if low < 0 or high > 1:
                raise ValueError(
                    f"{self!r}: x[1] has entry {low if low < 0 else high}, expected "
                    "0 and 1 only"
                )
        mask = self.work("mask", values.shape, np.bool_)
        np.copyto(mask, numbers, casting="unsafe")
        size = (values.size,)
        values = reshaped(values, size, self.work, "values")
        return values, mask.reshape(size), np.count_nonzero(mask)
