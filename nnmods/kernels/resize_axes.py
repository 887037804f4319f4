"""Linear maps along the axes of images, one axis after another.

Resizing, mean pooling into a given size and mirrored borders are all of this kind:
along each axis, an output is a weighted sum of a few inputs. Which ones is told by an
`AxisMap`; its transpose is another.
"""

from functools import cached_property
from math import prod

import numpy as np

from nnmods.kernels.blocks import cut_for, each, quiet_rows
from nnmods.kernels.layout import batch_last, batch_last_out, write_back
from nnmods.kernels.resize_along import apply_along
from nnmods.kernels.resize_products import LEAST_SIZE, all_finite, fits
from nnmods.kernels.scratch import scratch


class AxisMap:
    """A sparse matrix that maps an axis of ``size`` entries to one of ``count``.

    Parameters
    ----------
    outputs, inputs : array_like of int
        The row and the column of each entry of the matrix. Entries at one place add up.
    weights : array_like of float
        Their values; those that are 0 are left out, so that an infinity stays where
        it is.
    count, size : int
        The numbers of rows and of columns.

    Attributes
    ----------
    index : intp ndarray, shape (K, count)
        What each output takes: ``size`` stands for nothing, which is 0.
    weight : ndarray, shape (K, count), or None
        How much it takes of it; None if all weights are 1.
    """

    def __init__(self, outputs, inputs, weights, count, size):
        outputs, inputs, weights = (np.asarray(a) for a in (outputs, inputs, weights))
        kept = np.flatnonzero(weights)
        self._entries = outputs[kept], inputs[kept], weights[kept]
        self.count, self.size = count, size
        order = kept[np.argsort(outputs[kept], kind="stable")]
        rows = outputs[order]
        number = np.arange(len(rows)) - np.searchsorted(rows, rows)
        K = max(1, int(number.max(initial=0)) + 1)
        self.index = np.full((K, count), size, np.intp)
        self.index[number, rows] = inputs[order]
        self._weight = np.ones((K, count))
        self._weight[number, rows] = weights[order]
        self.plain = bool(np.all(self._weight == 1))
        self.has_gaps = bool(np.any(self.index == size))
        self._by_dtype = {}

    @cached_property
    def transpose(self):
        """The map from the outputs to the inputs."""
        outputs, inputs, weights = self._entries
        return AxisMap(inputs, outputs, weights, self.size, self.count)

    @cached_property
    def is_identity(self):
        """Whether it changes nothing."""
        return (
            self.plain
            and self.index.shape == (1, self.size)
            and np.array_equal(self.index[0], np.arange(self.size))
        )

    @cached_property
    def window(self):
        """The number of inputs of each output and their weight, or None.

        It is None where they are less than three, or differ, or are not one after the
        other, each for one output only.
        """
        K = len(self.index)
        inputs = np.arange(K * self.count).reshape(self.count, K).T
        weight = self._weight.flat[0] if self._weight.size else 1
        if K < 3 or K * self.count != self.size or np.any(self._weight != weight):
            return None
        return (K, float(weight)) if np.array_equal(self.index, inputs) else None

    def weights(self, dtype, axes):
        """Return the weights as (K, count, 1, ..., 1), with ``axes`` axes after K."""
        key = dtype, axes
        if key not in self._by_dtype:
            shape = (*self._weight.shape, *(1,) * (axes - 1))
            self._by_dtype[key] = self._weight.astype(dtype).reshape(shape)
        return self._by_dtype[key]


def apply_maps(x, maps, out, work, name="mapped"):
    """Write ``x`` (N, C, *S), mapped along each spatial axis, to ``out``; return it.

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    maps : tuple of AxisMap
        One for each spatial axis.
    out : ndarray, shape (N, C, *O)
        O are the ``count`` of the maps.
    work : Workspace
    name : hashable
        Of the scratch arrays: maps and their transposes want arrays of their own.
    """
    x = batch_last(x, work, (name, "x"), out.dtype)
    y = batch_last_out(out, work, (name, "y"))
    todo = [(axis, m) for axis, m in enumerate(maps, 1) if not m.is_identity]
    todo.sort(key=lambda pair: pair[1].count / max(pair[1].size, 1))  # small ones first

    ways = (False,)
    if max(x.size, y.size) >= LEAST_SIZE and any(
        fits(m, prod(x.shape[axis + 1 :]), y.dtype) for axis, m in todo
    ):
        ways = True, False

    def task(block, lane):
        with scratch() as room:
            for products in ways:
                values = x[block]
                for axis, m in todo[:-1]:
                    shape = *values.shape[:axis], m.count, *values.shape[axis + 1 :]
                    target = room(axis, shape, y.dtype)
                    values = apply_along(values, axis, m, target, room, products)
                if todo:
                    apply_along(values, *todo[-1], y[block], room, products)
                else:
                    np.copyto(y[block], values)
                # What is not finite on one side is neither on the other, if it is read.
                if products and all_finite(min(x[block], y[block], key=np.size)):
                    break

    with quiet_rows(y.size):
        moved = x.nbytes + y.nbytes
        each(task, cut_for(moved, len(y), max(x.size, y.size)), moved)
    write_back(y, out)
    return out
