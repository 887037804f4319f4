"""Images dealt out to phases and brought together again, a block of channels at a time.

What a tap of all windows reads is then one vector; see `nnmods.kernels.taps`.
"""

import numpy as np

from nnmods.kernels.blocks import cut_for

#: Entries of the image in a block, 1 MB in float32: smaller ones lose more to NumPy's
#: calls, some forty for a block, than they gain by staying in the second-level cache.
BLOCK_SIZE = 1 << 18
#: One move of all phases, where they are as the images are but for the order of axes.
_ALL = ((..., ..., ...),)


def blocks(x, bytes_moved):
    """Return slices of the channels of ``x`` (C, *S, N), for `each`."""
    return cut_for(bytes_moved, len(x), x.size, BLOCK_SIZE)


class Phases:
    """The phases of a block of images (C, *S, N), in scratch memory.

    They are a sequence of what each tap reads, a vector (M,) for the M windows of a
    `grid`. Its views are made as they are asked for, as a list of all would take
    kilobytes.

    Parameters
    ----------
    images : ndarray, shape (C, *S, N)
    geometry : Geometry
    name : hashable
        Of the scratch.
    room : nnmods.kernels.scratch.scratch
    """

    def __init__(self, images, geometry, name, room):
        plan = geometry.plan(len(images), images.shape[-1])
        M, shape, grids, image, order, self._reads = plan
        self._geometry = geometry
        self._array = array = room(name, shape, images.dtype)
        self._border = array[:, M:] if geometry.even else array
        self._phases = array[:, :M].reshape(grids)
        self._moves = geometry.moves
        if geometry.even:  # all at once, in half the time
            images, self._moves = images.reshape(image).transpose(order), _ALL
        self._images = images

    def __len__(self):
        return len(self._reads)

    def __getitem__(self, k):
        return self._array[self._reads[k]]

    def __iter__(self):
        return map(self._array.__getitem__, self._reads)

    def split(self, value):
        """Deal out the images, with a border of ``value``, and return self."""
        if self._border.size:
            self._border.fill(value)
        for phase, image in self._parts():
            np.copyto(phase, image)
        return self

    def clear(self):
        """Return self, to write to with taps that are fresh, and to add to with others.

        It is 0 wherever no fresh one writes.
        """
        if not self._geometry.exact:
            M = self._phases.size // len(self._array)
            self._array[:, M:].fill(0)
            for phase in self._geometry.left:
                self._array[phase].fill(0)
        return self

    def join(self):
        """Bring the phases together in the images."""
        for phase, image in self._parts():
            np.copyto(image, phase)

    def _parts(self):
        """Yield the entries of each phase that are in the images, and those there."""
        for phase, part, positions in self._moves:
            yield self._phases[phase][part], self._images[positions]


def grid(values, geometry, name, room, copy=True):
    """Return ``values`` of windows (C, *O, N) as a vector of windows (M,).

    It is a view where phases are as long as there are windows along each axis; else
    scratch, with 0 where there is no window, or without ``copy`` with anything.
    """
    if values.shape[1:-1] == geometry.lengths:
        return values.reshape(-1)
    shape = len(values), *geometry.lengths, values.shape[-1]
    result = room(name, shape, values.dtype)
    if copy:
        result.fill(0)
        np.copyto(result[geometry.windows], values)
    return result.reshape(-1)


def from_grid(vector, geometry, values):
    """Copy windows from a vector of `grid` to ``values``, unless it is a view of it."""
    if values.shape[1:-1] != geometry.lengths:
        shape = len(values), *geometry.lengths, values.shape[-1]
        np.copyto(values, vector.reshape(shape)[geometry.windows])


def fold(ufunc, views, out):
    """Write ``ufunc`` of all views, taken one after the other, to ``out``."""
    total = views[0]
    if len(views) == 1:
        np.copyto(out, total)
    for k in range(1, len(views)):
        total = ufunc(total, views[k], out=out)
