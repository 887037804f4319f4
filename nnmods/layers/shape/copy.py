"""Copy: the same numbers, in another dtype."""

import numpy as np

from nnmods.core import LinearMap, check
from nnmods.core.tensor_types import as_dtype
from nnmods.layers.shape.conversion import converted


class Copy(LinearMap):
    """Pass an array on, in another dtype or as a copy.

    ::

        y     = x in the dtype outtype
        dC_dx = dC_dy in the dtype intype

    With equal types, and without ``force_copy``, y is x itself and dC_dx is dC_dy. Once
    `astype` was called, its dtype takes the place of both.

    Parameters
    ----------
    intype, outtype : dtype, str or None, default=None
        Of dC_dx and of y: anything NumPy takes for a dtype, or a name of Torch7's such
        as ``"torch.FloatTensor"``. None is that of ``x``, for dC_dx of integers that of
        dC_dy.
    force_copy : bool, default=False
        Whether to copy where the types are equal.
    dont_cast : bool, default=False
        Whether to keep the types even after `astype`.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.
    TypeError
        If a type is not one of real numbers.

    References
    ----------
    Torch7, ``nn.Copy``.

    Examples
    --------
    >>> Copy("torch.DoubleTensor", "torch.FloatTensor")(np.ones(2))
    array([1., 1.], dtype=float32)
    """

    def __init__(self, intype=None, outtype=None, force_copy=False, dont_cast=False):
        super().__init__()
        self._dtype = None  # until astype sets it
        self.intype = as_dtype("Copy", "intype", intype)
        self.outtype = as_dtype("Copy", "outtype", outtype)
        self.force_copy = bool(force_copy)
        self.dont_cast = bool(dont_cast)

    def forward(self, x):
        check(self, "x", x, (...,))
        self.y = self._passed("y", x, self.outtype, x.dtype)
        return self.y

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        check(self, "dC_dy", dC_dy, x.shape)
        like = x.dtype if x.dtype.kind == "f" else dC_dy.dtype
        self.dC_dx = self._passed("dC_dx", dC_dy, self.intype, like)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)

    def castable(self):
        return [] if self.dont_cast else super().castable()

    def _passed(self, name, array, wanted, like):
        if self.intype == self.outtype and not self.force_copy:
            return array
        dtype = np.dtype(wanted or like) if self._dtype is None else self._dtype
        return converted(array, dtype, self.work, name)

    def __repr__(self):
        arguments = [repr(self.intype), repr(self.outtype)]
        arguments = [] if arguments == ["None"] * 2 else arguments
        for name in ("force_copy", "dont_cast"):
            arguments += [f"{name}=True"] if getattr(self, name) else []
        return f"Copy({', '.join(arguments)})"
