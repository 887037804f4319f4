"""Transpose: pairs of axes swapped."""

from operator import index

from nnmods.core import LinearMap, check


class Transpose(LinearMap):
    """Swap pairs of axes, one pair after the other.

    ::

        y     = x with the axes of each pair swapped    (a view)
        dC_dx = dC_dy with them swapped, from the last pair to the first

    Parameters
    ----------
    *pairs : tuple of two int
        Axes count from 0, the batch axis too; negative ones count from the end.

    Raises
    ------
    ValueError
        If a pair is not of two axes, ``x`` has no such axes, or ``dC_dy`` is not shaped
        like ``y``.

    References
    ----------
    Torch7, ``nn.Transpose``.

    Examples
    --------
    >>> import numpy as np
    >>> Transpose((0, 1), (1, 2))(np.ones((2, 3, 4))).shape
    (3, 4, 2)
    """

    def __init__(self, *pairs):
        super().__init__()
        self.pairs = [tuple(index(axis) for axis in pair) for pair in pairs]
        for pair in self.pairs:
            if len(pair) != 2:
                raise ValueError(
                    f"Transpose: pairs has an entry {pair}, expected two axes"
                )
        self.num_input_dims = 0

    def set_num_input_dims(self, num_input_dims):
        """Tell how many axes a sample has, and return self.

        The axes then count within a sample, after all further ones. 0: unknown.
        """
        self.num_input_dims = index(num_input_dims or 0)
        return self

    def forward(self, x):
        check(self, "x", x, (...,))
        self.y = x.transpose(self._order(x))
        return self.y

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        order = self._order(x)
        check(self, "dC_dy", dC_dy, tuple(x.shape[axis] for axis in order))
        back = sorted(range(x.ndim), key=order.__getitem__)
        self.dC_dx = dC_dy.transpose(back)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)

    def _order(self, x):
        """Return the axis of x that stands at each place of y."""
        order = list(range(x.ndim))
        n_leading = x.ndim - self.num_input_dims if self.num_input_dims else 0
        for pair in self.pairs:
            places = [a + (n_leading if a >= 0 else x.ndim) for a in pair]
            if n_leading < 0 or not all(0 <= place < x.ndim for place in places):
                raise ValueError(
                    f"{self!r}: x has shape {x.shape}, expected axes {pair}"
                    + (f" in {self.num_input_dims}" if self.num_input_dims else "")
                )
            a, b = places
            order[a], order[b] = order[b], order[a]
        return order

    def __repr__(self):
        return f"Transpose({', '.join(map(str, self.pairs))})"
