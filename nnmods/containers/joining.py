"""Joining: the family of containers whose outputs are joined along an axis."""

import numpy as np

from nnmods.core import Container, check, reuse


class Joining(Container):
    """A container that joins the outputs of its children along one axis.

    A subclass feeds the children and calls ``join(outputs, axis)`` in `push` and
    ``parts(dC_dy)`` in `pull`.
    """

    _results = (*Container._results, "_joins")
    _joins = None

    def join(self, outputs, axis):
        """Return the outputs one after another along ``axis``, in ``self.y``.

        Raises
        ------
        TypeError
            If an output is not an array.
        ValueError
            If there is none, no such axis, or if other lengths than along the axis
            differ.
        """
        if not outputs:
            raise ValueError(f"{self!r}: modules has 0 entries, expected at least 1")
        for i, output in enumerate(outputs):
            if not hasattr(output, "shape"):
                raise TypeError(
                    f"{type(self).__name__}: output of module {i} has type "
                    f"{type(output).__name__}, expected an array"
                )
        first = outputs[0].shape
        place = self._place("output of module 0", first, axis)
        others, starts, stop = self._without(first, place), [], 0
        for i, output in enumerate(outputs):
            if self._without(output.shape, place) != others:
                raise ValueError(
                    f"{type(self).__name__}: output of module {i} has shape "
                    f"{output.shape}, expected {first} but for axis {place}"
                )
            starts.append(stop)
            stop += output.shape[place]
        shape = (*first[:place], stop, *first[place + 1 :])
        self._joins = (slice(None),) * place, [*starts, stop], shape
        self.y = reuse(self.y, shape, *outputs, module=self)
        return np.concatenate(outputs, place, out=self.y)

    def parts(self, dC_dy):
        """Return a list of views of ``dC_dy``, one for each child."""
        before, bounds, shape = self._joins
        check(self, "dC_dy", dC_dy, shape)
        return [
            dC_dy[(*before, slice(start, stop))]
            for start, stop in zip(bounds[:-1], bounds[1:], strict=True)
        ]

    def _place(self, argument, shape, axis):
        """Return ``axis`` counted from 0, of an array of this shape."""
        if not -len(shape) <= axis < len(shape):
            raise ValueError(
                f"{type(self).__name__}: {argument} has shape {shape}, "
                f"expected an axis {axis}"
            )
        return axis % len(shape)

    def _without(self, shape, place):
        return (*shape[:place], None, *shape[place + 1 :])
