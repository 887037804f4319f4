"""Tiles of images, for Winograd's convolutions: where they lie, as strided views."""

import numpy as np

from nnmods.kernels.layout import copy, cropped, rolled

#: Outputs of a tile along an axis, by the taps of the kernel.
OUTPUTS = {1: 1, 3: 4, 5: 4}


class Tiles:
    """How images are cut into tiles, for kernels and dilations along each axis.

    Along an axis of dilation d, every d-th place makes an image of its own: position q
    of the tiles comes with a phase below d.
    """

    def __init__(self, taps, dilation, y_shape):
        self.taps, self.dilation = taps, dilation
        self.outputs = tuple(OUTPUTS[r] for r in taps)
        self.size = y_shape[2:]
        self.leading = len(y_shape) - 1  # axes of a view: channels, and within a tile
        self.numbers = tuple(
            -(-o // (m * d))
            for o, m, d in zip(self.size, self.outputs, dilation, strict=True)
        )
        axes = zip(self.numbers, dilation, strict=True)
        self.count = (*(n for axis in axes for n in axis), y_shape[0])
        self.length = tuple(
            q * m * d
            for q, m, d in zip(self.numbers, self.outputs, dilation, strict=True)
        )
        self.inside = (slice(None), *map(slice, self.size))

    def inputs_of(self, x, padding, dtype, work):
        """Return the tiles of ``x``, padded: a view (Ci, *n, *count)."""
        x, padding = cropped(x, padding)
        shape = [
            length + (r - 1) * d
            for length, r, d in zip(self.length, self.taps, self.dilation, strict=True)
        ]
        image = self._bordered(x, [p for p, _ in padding], shape, dtype, work, "x")
        inputs = tuple(m + r - 1 for m, r in zip(self.outputs, self.taps, strict=True))
        return self._view(image, inputs)

    def slopes_of(self, dC_dy, dtype, work):
        """Return the tiles of ``dC_dy``: a view (Co, *m, *count)."""
        image = rolled(dC_dy)
        if (
            self.length != self.size
            or dtype != image.dtype
            or not image.flags.c_contiguous
        ):
            before = (0,) * len(self.size)
            image = self._bordered(dC_dy, before, self.length, dtype, work, "dy")
        return self._view(image, self.outputs)

    def outputs_of(self, y, work):
        """Return an array for whole tiles, ``y`` itself if it is one, and the tiles."""
        whole = y
        if self.length != self.size:
            whole = work("whole y", (len(y), *self.length, y.shape[-1]), y.dtype)
        return whole, self._view(whole, self.outputs)

    def _bordered(self, x, before, shape, dtype, work, name):
        x = rolled(x)
        image = work(name, (len(x), *shape, x.shape[-1]), dtype)
        inner = [slice(b, b + n) for b, n in zip(before, x.shape[1:-1], strict=True)]
        for axis, part in enumerate(inner, 1):  # the border, and no more
            lead = (slice(None),) * axis
            image[(*lead, slice(0, part.start))] = 0
            image[(*lead, slice(part.stop, None))] = 0
        copy(image[(slice(None), *inner)], x)
        return image

    def _view(self, image, lengths):
        """Return tiles of these lengths, (C, *lengths, *count), whose strides are m."""
        steps = image.strides[1:-1]
        axes = list(zip(steps, self.outputs, self.dilation, strict=True))
        within = [step * d for step, _, d in axes]
        between = [s for step, m, d in axes for s in (step * m * d, step)]
        return np.ndarray(
            (len(image), *lengths, *self.count),
            image.dtype,
            image,
            strides=(image.strides[0], *within, *between, image.strides[-1]),
        )
