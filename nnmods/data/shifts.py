"""RandomShift, RandomCrop: another part of each image."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnmods.core.arrays import as_size
from nnmods.core.options import as_number
from nnmods.data.augmentation import Augmentation, check_images
from nnmods.data.buffers import Buffer


class _Cut(Augmentation):
    """What is cut out of each image, at a place drawn for it."""

    def __init__(self, padding, fill, rng):
        super().__init__(rng)
        self.fill = as_number(self, "fill", fill)
        self._padding = padding
        self._canvas = Buffer()

    def _check(self, x):
        check_images(repr(self), x)
        if x.dtype.kind in "iu":
            low, high = np.iinfo(x.dtype).min, np.iinfo(x.dtype).max
            if not low <= self.fill <= high:  # nor is a nan
                raise ValueError(
                    f"{self!r}: fill is {self.fill}, expected {low} to {high} for x "
                    f"of {x.dtype}"
                )

    def _cut(self, x, height, width):
        n, (rows, cols) = len(x), x.shape[-2:]
        padding = self._padding
        down = rows + 2 * padding - height
        right = cols + 2 * padding - width
        top = self._rng.integers(0, down + 1, n)
        left = self._rng.integers(0, right + 1, n)
        # Each image is laid on the canvas such that its cut begins at (down, right):
        # written to places of their own, and read from one place for all.
        lengths = (
            down + max(padding + rows, height),
            right + max(padding + cols, width),
        )
        canvas = self._canvas.like(x, (*x.shape[:-2], *lengths))
        canvas[...] = self.fill
        places = sliding_window_view(canvas, (rows, cols), (-2, -1), writeable=True)
        places[
            np.arange(n), ..., down - top + padding, right - left + padding, :, :
        ] = x
        y = self._y.like(x, (*x.shape[:-2], height, width))
        y[...] = canvas[..., down : down + height, right : right + width]
        return y


class RandomShift(_Cut):
    """Shift each image by up to some pixels along both axes.

    ::

        y[n, ..., i, j] = x[n, ..., i + a_n, j + b_n], or fill outside of the image
        a_n, b_n          whole numbers, uniform from -pixels to pixels

    Parameters
    ----------
    pixels : int
    fill : float, default=0
        What comes in from outside.
    rng : int, numpy.random.Generator or None, default=None
        Draws the shifts.

    Raises
    ------
    TypeError, ValueError
        If x is no array of images, (N, C, H, W) or (N, H, W), of real numbers; or of
        integers whose range leaves ``fill`` out.

    Examples
    --------
    >>> shift = RandomShift(1, fill=7, rng=0)
    >>> shift.transform(np.arange(6).reshape(1, 2, 3))
    array([[[3, 4, 5], [7, 7, 7]]])
    """

    def __init__(self, pixels, fill=0, rng=None):
        super().__init__(as_size("RandomShift", "pixels", pixels), fill, rng)
        self.pixels = self._padding

    def transform(self, x):
        """Return the shifted images, shaped like x."""
        self._check(x)
        return self._cut(x, *x.shape[-2:])

    def __repr__(self):
        return f"RandomShift({self.pixels}, fill={self.fill})"


class RandomCrop(_Cut):
    """Cut a part of one size out of each image, at a place drawn for it.

    ::

        y[n, ..., i, j] = x[n, ..., i + a_n, j + b_n], or fill outside of the image
        a_n             whole, uniform from -padding to H + padding - height
        b_n             whole, uniform from -padding to W + padding - width

    Parameters
    ----------
    size : int or tuple
        Height and width of the part.
    padding : int, default=0
        How many pixels of it may lie outside of the image.
    fill : float, default=0
        What is there.
    rng : int, numpy.random.Generator or None, default=None
        Draws the places.

    Raises
    ------
    TypeError, ValueError
        If x is no array of images, (N, C, H, W) or (N, H, W), of real numbers; of
        integers whose range leaves ``fill`` out; or if the images with their padding
        are smaller than the part.

    Examples
    --------
    >>> RandomCrop((1, 2), rng=0).transform(np.arange(12).reshape(2, 2, 3)).shape
    (2, 1, 2)
    """

    def __init__(self, size, padding=0, fill=0, rng=None):
        super().__init__(as_size("RandomCrop", "padding", padding), fill, rng)
        size = (size, size) if np.ndim(size) == 0 else tuple(size)
        if len(size) != 2:
            raise ValueError(f"RandomCrop: size is {size}, expected height and width")
        height, width = size
        self.size = (
            as_size("RandomCrop", "height", height),
            as_size("RandomCrop", "width", width),
        )
        if 0 in self.size:
            raise ValueError(f"RandomCrop: size is {self.size}, expected 1 or more")
        self.padding = self._padding

    def transform(self, x):
        """Return the parts, of shape (N, C, height, width) or (N, height, width)."""
        self._check(x)
        padded = tuple(length + 2 * self.padding for length in x.shape[-2:])
        if padded[0] < self.size[0] or padded[1] < self.size[1]:
            raise ValueError(
                f"{self!r}: x has images of {padded[0]} x {padded[1]} pixels, padding "
                f"included, expected at least {self.size[0]} x {self.size[1]}"
            )
        return self._cut(x, *self.size)

    def __repr__(self):
        return f"RandomCrop({self.size}, padding={self.padding}, fill={self.fill})"
