"""RandomFlip: some images mirrored."""

import operator

import numpy as np

from nnmods.core.options import as_number
from nnmods.data.augmentation import Augmentation, check_images


class RandomFlip(Augmentation):
    """Mirror some of the images.

    Parameters
    ----------
    p_flip : float, default=0.5
        The probability that an image is mirrored.
    axis : {-1, -2}, default=-1
        Along which axis: -1 swaps left and right, -2 top and bottom.
    rng : int, numpy.random.Generator or None, default=None
        Draws which.

    Raises
    ------
    TypeError, ValueError
        If x is no array of images, (N, C, H, W) or (N, H, W), of real numbers.

    Examples
    --------
    >>> RandomFlip(1.0).transform(np.array([[[1, 2, 3]]]))
    array([[[3, 2, 1]]])
    """

    def __init__(self, p_flip=0.5, axis=-1, rng=None):
        super().__init__(rng)
        self.p_flip = as_number(self, "p_flip", p_flip)
        if not 0 <= self.p_flip <= 1:
            raise ValueError(f"RandomFlip: p_flip is {p_flip}, expected 0 to 1")
        self.axis = operator.index(axis)
        if self.axis not in (-1, -2):
            raise ValueError(f"RandomFlip: axis is {axis}, expected -1 or -2")

    def transform(self, x):
        """Return the images, shaped like x."""
        check_images(repr(self), x)
        flipped = self._rng.random(len(x)) < self.p_flip
        y = self._y.like(x)
        y[...] = x
        where = flipped.reshape(-1, *[1] * (x.ndim - 1))
        np.copyto(y, np.flip(x, self.axis), where=where)
        return y

    def __repr__(self):
        return f"RandomFlip({self.p_flip}, axis={self.axis})"
