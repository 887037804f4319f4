"""Joining: the family of containers whose outputs are joined along an axis."""

from operator import index

import numpy as np

from nnmods.core import Container, check, reuse
from nnmods.core.sketch import Sketch
from nnmods.core.tables import summed


class Joining(Container):
    """A container that joins the outputs of its children along one axis.

    A subclass feeds the children and calls ``join(outputs, axis)`` in `push` and
    ``parts(dC_dy)`` in `pull`.
    """

    _results = (*Container._results, "_windows", "_shape")
    _windows = _shape = None  # where each output stands in y, and the shape of y

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
        place = self.joining_axis(outputs, axis)
        first = outputs[0].shape
        others, windows, stop = self._without(first, place), [], 0
        for i, output in enumerate(outputs):
            if self._without(output.shape, place) != others:
                raise ValueError(
                    f"{type(self).__name__}: output of module {i} has shape "
                    f"{output.shape}, expected {first} but for axis {place}"
                )
            start, stop = stop, stop + output.shape[place]
            windows.append((*(slice(None),) * place, slice(start, stop)))
        self._windows, self._shape = (
            windows,
            (*first[:place], stop, *first[place + 1 :]),
        )
        self.y = reuse(self.y, self._shape, *outputs, module=self)
        return np.concatenate(outputs, place, out=self.y)

    def parts(self, dC_dy):
        """Return a list of views of ``dC_dy``, one for each child."""
        check(self, "dC_dy", dC_dy, self._shape)
        return [dC_dy[window] for window in self._windows]

    def joining_axis(self, outputs, axis):
        """Return the axis of the outputs, counted from 0."""
        if not outputs:
            raise ValueError(f"{self!r}: modules has 0 entries, expected at least 1")
        for i, output in enumerate(outputs):
            if not hasattr(output, "shape"):
                raise TypeError(
                    f"{type(self).__name__}: output of module {i} has type "
                    f"{type(output).__name__}, expected an array"
                )
        return self._place("output of module 0", outputs[0].shape, axis)

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


class Branches(Joining):
    """The same input for all children, the outputs joined along ``axis``."""

    def __init__(self, axis, *modules):
        self.axis = index(axis)
        super().__init__(*modules)

    def push(self, x, visit):
        return self.join([visit(i, x) for i in range(len(self.modules))], self.axis)

    def pull(self, dC_dy, visit, input_grad=True):
        parts = self.parts(dC_dy)
        grads = [visit(i, part, input_grad) for i, part in enumerate(parts)]
        return summed(self, self.dC_dx, grads) if input_grad else None

    def sketch(self):
        return Sketch.branches(len(self))

    def _arguments(self):
        return str(self.axis)
