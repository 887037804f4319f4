"""GaussianNoise: normal numbers added to a batch."""

import math

import numpy as np

from nnmods.core.options import as_number
from nnmods.data.augmentation import Augmentation, check_numbers
from nnmods.data.buffers import Buffer


class GaussianNoise(Augmentation):
    """Add normal noise to every entry.

    ::

        y = x + std * noise                       noise: mean 0, variance 1
        y = clip(round(x + std * noise), 0, 255)  for uint8

    Parameters
    ----------
    std : float
        Its standard deviation, in the units of x.
    rng : int, numpy.random.Generator or None, default=None
        Draws it: in float64 for float64, and in float32 otherwise.

    Raises
    ------
    TypeError
        If x is no array of floating-point numbers or uint8; its shape is free.

    Examples
    --------
    >>> import numpy as np
    >>> GaussianNoise(0.5, rng=0).transform(np.zeros((2, 3), np.uint8))
    array([[1, 0, 0], [0, 0, 0]], dtype=uint8)
    """

    def __init__(self, std, rng=None):
        super().__init__(rng)
        self.std = as_number(self, "std", std)
        if not 0 <= self.std < math.inf:
            raise ValueError(f"GaussianNoise: std is {std}, expected finite and >= 0")
        self._noise = Buffer()

    def transform(self, x):
        """Return x with noise, shaped like x."""
        bytes_ = isinstance(x, np.ndarray) and x.dtype == np.uint8
        if not bytes_:
            check_numbers(repr(self), x, "f", "floating-point numbers or uint8")
        wide = x.dtype.kind == "f" and x.dtype.itemsize >= 8
        noise = self._noise.shaped(x.shape, np.float64 if wide else np.float32)
        self._rng.standard_normal(out=noise, dtype=noise.dtype)
        noise *= self.std
        y = self._y.like(x)
        if bytes_:
            noise += x
            np.rint(noise, out=noise)
            np.clip(noise, 0, 255, out=noise)
            y[...] = noise
        else:
            np.add(x, noise, out=y, casting="same_kind")
        return y

    def __repr__(self):
        return f"GaussianNoise({self.std})"
