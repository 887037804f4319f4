"""OneHot: a 1 at an index."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.arrays import as_size
from nnmods.core.selection import Selecting
from nnmods.layers.linear.indices import as_indices


class OneHot(Selecting):
    """Turn indices into vectors with a 1 at the index and 0 elsewhere.

    ::

        y[..., j] = 1 where j = x[...], else 0
        dC_dx     = 0
        dy        = 0

    ``x`` may be a plain int as well: y is then one vector.

    Parameters
    ----------
    output_size : int
        The length of the vectors.

    Raises
    ------
    ValueError
        If an index of ``x`` is not a whole number from 0 to ``output_size`` - 1, or if
        ``dC_dy`` is not (*x.shape, output_size).

    References
    ----------
    Torch7, ``nn.OneHot``.

    Examples
    --------
    >>> OneHot(3)(np.array([2, 0]))
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """

    def __init__(self, output_size):
        super().__init__()
        self.output_size = as_size("OneHot", "output_size", output_size)

    def forward(self, x):
        x = self._indices(x)
        index = self.work("index", x.shape, np.int32)  # half the bytes to compare
        as_indices(self, "x", x, 0, self.output_size - 1, index)
        shape = (*x.shape, self.output_size)
        self.y = reuse(self.y, shape, index, module=self)
        hit = self.work("hit", shape, np.bool_)
        np.equal(index[..., None], np.arange(self.output_size, dtype=np.int32), out=hit)
        np.copyto(self.y, hit)
        return self.y

    def backward(self, x, dC_dy):
        x = self._indices(x)
        check(self, "dC_dy", dC_dy, (*x.shape, self.output_size))
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, module=self)
        self.dC_dx.fill(0)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        x = self._indices(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, (*x.shape, self.output_size), dx, module=self)
        self._dy.fill(0)
        return self._dy

    def _indices(self, x):
        x = np.asarray(x) if isinstance(x, int) else x
        check(self, "x", x, (...,))
        return x

    def __repr__(self):
        return f"OneHot({self.output_size})"
