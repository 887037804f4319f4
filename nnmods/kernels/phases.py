"""Images dealt out to phases and brought together again, a block of channels at a time.

What a tap of all windows reads is then one vector; see `nnmods.kernels.taps`.
"""

import numpy as np

from nnmods.kernels.blocks import cut

#: Entries of the image in a block, 1 MB in float32: smaller ones lose more to NumPy's
#: calls, some forty for a block, than they gain by staying in the second-level cache.
BLOCK_SIZE = 1 << 18


def blocks(x):
    """Return slices of the channels of ``x`` (C, *S, N)."""
    return cut(len(x), x.size, BLOCK_SIZE)


class Phases:
    """The phases of a block of images (C, *S, N), in scratch memory.

    Parameters
    ----------
    images : ndarray, shape (C, *S, N)
    geometry : Geometry
    name : hashable
        Of the scratch.
    room : nnmods.kernels.scratch.scratch

    Attributes
    ----------
    taps : list of ndarray, shape (M,)
        What each tap reads, for the M windows of a `grid`.
    """

    def __init__(self, images, geometry, name, room):
        plan = geometry.plan(len(images), images.shape[-1])
        M, shape, grids, image, order, reads = plan
        self._array = array = room(name, shape, images.dtype)
        self._border = array[:, M:] if geometry.even else array
        phases = array[:, :M].reshape(grids)
        if geometry.even:  # all at once, in half the time
            self._parts = [(phases, images.reshape(image).transpose(order))]
        else:
            self._parts = [
                (phases[phase][part], images[positions])
                for phase, part, positions in geometry.moves
            ]
        self.taps = [array[read] for read in reads]

    def split(self, value):
        """Deal out the images, with a border of ``value``, and return the taps."""
        if self._border.size:
            self._border.fill(value)
        for phase, image in self._parts:
            np.copyto(phase, image)
        return self.taps

    def zeros(self):
        """Return the taps of phases that are 0, to add to."""
        self._array.fill(0)
        return self.taps

    def join(self):
        """Bring the phases together in the images."""
        for phase, image in self._parts:
            np.copyto(image, phase)


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
    np.copyto(out, views[0])
    for view in views[1:]:
        ufunc(out, view, out=out)
