"""Units: which entries of an elementwise module let no gradient through."""

import numpy as np

from nnmods.core import Elementwise

#: A slope below this is flat: a tanh has it at |x| = 3, a sigmoid at 4.6. An entry
#: there learns a hundred times slower than one in the middle of a tanh.
FLAT = 0.01


class Slopes:
    """The slopes f'(x) of an elementwise module, added up over its calls."""

    def __init__(self):
        self._entries = self._flat = self._units = self._off = 0

    def add(self, module, x):
        """Look at a module that has done its `forward` of x.

        Returns
        -------
        float or None
            The largest |f'(x)|, which is the largest singular value of a diagonal
            Jacobian. None stands where `backward` gives no slopes, or none are finite.
        """
        if not isinstance(module, Elementwise) or module.surrogate:
            return None
        x = np.asarray(x)
        if x.dtype.kind != "f" or x.size == 0:
            return None
        y = np.array(module.y)
        slope = np.abs(module.backward(x, np.ones_like(y)))
        if not np.isfinite(slope).all():
            return None
        self._entries += slope.size
        self._flat += int(np.count_nonzero((slope < FLAT) & (y != 0)))
        if x.ndim >= 2 and len(x) >= 2:
            off = ((slope == 0) & (y == 0)).all(axis=0)
            self._units += off.size
            self._off += int(np.count_nonzero(off))
        return float(slope.max())

    @property
    def saturated(self):
        """The share of entries that are not 0, with a slope below `FLAT`; or None."""
        return self._flat / self._entries if self._entries else None

    @property
    def dead(self):
        """The share of units whose y and slope are 0 for all samples; or None.

        A unit is an entry of a sample. It takes a batch of two to tell.
        """
        return self._off / self._units if self._units else None
