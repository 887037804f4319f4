"""Convert: from one order of named axes to another."""

from math import prod

import numpy as np

from nnmods.core import LinearMap, check
from nnmods.layers.shape.conversion import converted
from nnmods.layers.shape.reshaping import reshaped


class Convert(LinearMap):
    """Bring an array from one order of axes, each a letter, into another.

    ::

        "bchw", "bhwc"   the same letters: axes are moved
        "bchw", "bf"     axes b and the first change places, the rest is folded into f
        "b",    "bt"     (N,) becomes (N, 1)
        "bt",   "b"      the first t of each sample
        "bf",   "b"      the same, where f has length 1

    dC_dx is the transpose of these. y is in the dtype of the module, dC_dx in that of
    ``x``. The letter b is the batch: it is put first where it is missing, and an array
    of one axis less is one sample, without b.

    Parameters
    ----------
    input_shape : str, default="b*"
        A letter for each axis. ``"b*"`` is any shape, of which only the dtype is
        converted.
    output_shape : str, default=None
        None is the same as ``input_shape``.

    Raises
    ------
    ValueError
        If there is no such conversion, if ``x`` has another number of axes, or if
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Convert``.

    Examples
    --------
    >>> x = np.ones((5, 3, 2, 4))
    >>> Convert("bchw", "bhwc")(x).shape, Convert("chw", "f")(x[0]).shape
    ((5, 2, 4, 3), (24,))
    """

    def __init__(self, input_shape=None, output_shape=None):
        super().__init__()
        if input_shape is None and output_shape is not None:
            raise ValueError(
                "Convert: input_shape is None, expected letters as in output_shape"
            )
        before = input_shape or "b*"
        after = output_shape or before
        self.input_shape = before if "b" in before else f"b{before}"
        self.output_shape = after if "b" in after else f"b{after}"
        self._order, self._form = _conversion(self.input_shape, self.output_shape)

    def forward(self, x):
        moved, single = self._moved(x)
        y = moved
        if self._form == "rows":
            y = reshaped(y, self._batch_shape(moved), self.work, "rows")
        elif self._form == "first":
            y = y[:, 0]
        if single:
            y = y.reshape(self._without_b(y.shape))
        self.y = self._cast(y, self.dtype, "y")
        return self.y

    def backward(self, x, dC_dy):
        moved, single = self._moved(x)
        shape = self._batch_shape(moved)
        check(self, "dC_dy", dC_dy, self._without_b(shape) if single else shape)
        dC_dx = dC_dy.reshape(shape)  # a view: b is put back
        if self._form == "rows":
            dC_dx = reshaped(dC_dx, moved.shape, self.work, "maps")
        elif self._form == "first":
            grad = self.work("grad", moved.shape, dC_dy.dtype)
            grad.fill(0)
            grad[:, 0] = dC_dx
            dC_dx = grad
        if self._order is not None:
            back = sorted(range(dC_dx.ndim), key=self._order.__getitem__)
            dC_dx = dC_dx.transpose(back)
        dtype = x.dtype if x.dtype.kind == "f" else self.dtype
        self.dC_dx = self._cast(dC_dx.reshape(x.shape), dtype, "dC_dx")
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)

    def _moved(self, x):
        """Return x with its axes moved, in a batch, and whether it was one sample."""
        check(self, "x", x, (...,))
        if self._order is None:
            return x, False
        n_axes = len(self.input_shape)
        if x.ndim not in (n_axes, n_axes - 1):
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected {n_axes} axes, or "
                f"{n_axes - 1} for one sample"
            )
        single = x.ndim < n_axes
        if single:
            x = np.expand_dims(x, self.input_shape.index("b"))
        if self._form == "first" and "f" in self.input_shape:
            check(
                self, "x", x, tuple(1 if c == "f" else None for c in self.input_shape)
            )
        return x.transpose(self._order), single

    def _batch_shape(self, moved):
        """Return the shape of y for a batch."""
        shape = moved.shape
        if self._form == "rows":
            return (shape[0], prod(shape[1:]))
        return shape[:1] if self._form == "first" else shape

    def _without_b(self, shape):
        b = self.output_shape.index("b")
        return (*shape[:b], *shape[b + 1 :])

    def _cast(self, array, dtype, name):
        if array.dtype == dtype:
            return array
        return converted(array, dtype, self.work, name)

    def __repr__(self):
        return f"Convert({self.input_shape!r}, {self.output_shape!r})"


def _conversion(before, after):
    """Return the order that the axes are brought into, and what is done then."""
    if before == after == "b*":
        return None, "axes"
    letters = sorted(before)
    if "*" not in before + after and len(set(before)) == len(before):
        b = before.index("b")
        if letters == sorted(after):
            return [before.index(letter) for letter in after], "axes"
        if (after == "bf" and before != "bt") or (before, after) == ("b", "bt"):
            order = list(range(len(before)))
            order[0], order[b] = b, 0
            return order, "rows"
        if after == "b" and letters in (["b", "t"], ["b", "f"]):
            return [b, 1 - b], "first"
    raise ValueError(
        f"Convert: input_shape is {before!r} and output_shape {after!r}, expected the "
        "same letters, or a conversion that is known"
    )
