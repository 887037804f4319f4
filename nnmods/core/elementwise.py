"""Elementwise: the family of y = f(x), entry by entry."""

import numpy as np

from nnmods.core.arrays import check, reuse, same_memory
from nnmods.core.dtypes import promote
from nnmods.core.module import Module
from nnmods.kernels.pieces import SHORT, in_pieces
from nnmods.kernels.scratch import scratch


class Elementwise(Module):
    """A function of each entry alone; its Jacobian is diagonal.

    ::

        y     = f(x)
        dC_dx = f'(x) * dC_dy
        dy    = f'(x) * dx

    A subclass writes ``f(x, out)`` and ``df(x, y, out)``; the latter may use y or x,
    whichever is cheaper. Any shape will do, so batches need no thought. Where the
    product f'(x) * d takes fewer steps than f'(x) and a product, it may write
    ``times_df(x, y, d, out)`` too, or instead. Second derivatives need f'' from
    ``d2f(x, y, out)``, or ``curved = False`` where f consists of straight pieces.

    Attributes
    ----------
    piecewise : bool, default=False
        A promise of the class that lets long arrays be worked on in pieces, by several
        threads at once: `f`, `df` and `times_df` take vectors of any length for ``x``,
        use no other array shaped like it, and write to ``out`` and to scratch arrays of
        ``self.work`` only.

    Raises
    ------
    TypeError
        If ``x`` is not an array of real numbers.
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    Examples
    --------
    >>> class Square(Elementwise):
    ...     def f(self, x, out):
    ...         np.square(x, out=out)
    ...     def df(self, x, y, out):
    ...         np.multiply(x, 2, out=out)
    >>> Square().backward(np.array([3.0]), np.array([1.0]))
    array([6.])
    """

    piecewise = False
    _results = (*Module._results, "_dC_dy", "_dx", "_whole", "_whole_back", "_whole_dy")
    _dC_dy = _dx = None  # of the last backward and jvp, which found that they fit x
    _whole = _whole_back = _whole_dy = True  # whether the arrays are no case for pieces

    def f(self, x, out):
        """Write f(x) into ``out``."""
        raise NotImplementedError(f"{self!r}: f(x, out) is not written")

    def df(self, x, y, out):
        """Write f'(x), where y = f(x), into ``out``."""
        raise NotImplementedError(f"{self!r}: df(x, y, out) is not written")

    def times_df(self, x, y, d, out):
        """Write f'(x) * d, where y = f(x), into ``out``."""
        self.df(x, y, out)
        np.multiply(out, d, out=out)

    def d2f(self, x, y, out):
        """Write f''(x), where y = f(x), into ``out``."""
        raise NotImplementedError(
            f"{self!r}: d2f(x, y, out) is not written; second derivatives need it"
        )

    def forward(self, x):
        # The array of the last call was checked, and y fits it.
        if x is not self._x or x is self.y:
            check(self, "x", x, (...,))
            own = None if self.y is self._x else self.y
            self.y = reuse(own, x.shape, x, module=self)
            self._x, self._dC_dy, self._dx = x, None, None
            self._whole = self._is_whole(x, self.y)
        if self._whole:
            self.f(x, self.y)
        else:
            self._in_pieces("f", (x,), self.y)
        return self.y

    def forward_over(self, x, finished=False):
        """Return y in the memory of ``x``, for classes that say ``overwrites``.

        With ``finished`` it is there already, by `finish` of all parts.
        """
        check(self, "x", x, (...,))
        self._x = self.y = x
        self._dC_dy, self._dx, self._whole = None, None, self._is_whole(x)
        if finished:
            return x
        if self._whole:
            self.f(x, x)
        else:
            self._in_pieces("f", (x,), x)
        return x

    def finish(self, part):
        """Write y over a part of x; threads may do so at the same time."""
        if part.size:
            with scratch() as work:
                self._twin(work).f(part, part)

    def backward(self, x, dC_dy):
        y = self._output(x)
        if dC_dy is not self._dC_dy or self.dC_dx is None:
            check(self, "dC_dy", dC_dy, x.shape)
            self.dC_dx = reuse(self.dC_dx, x.shape, y, dC_dy, x)
            self._dC_dy = dC_dy
            self._whole_back = self._is_whole(x, y, dC_dy, self.dC_dx)
        if self._whole_back:
            self.times_df(x, y, dC_dy, self.dC_dx)
        else:
            self._in_pieces("times_df", (x, y, dC_dy), self.dC_dx)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        return self.backward(x, dC_dy) if input_grad else None

    def jvp(self, x, dx, dparams=None):
        y = self._output(x)
        if dx is not self._dx or self._dy is None:
            check(self, "dx", dx, x.shape)
            self._dy = reuse(self._dy, x.shape, y, dx, x)
            self._dx = dx
            self._whole_dy = self._is_whole(x, y, dx, self._dy)
        if self._whole_dy:
            self.times_df(x, y, dx, self._dy)
        else:
            self._in_pieces("times_df", (x, y, dx), self._dy)
        return self._dy

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        if not self.curved:
            return None
        y = self._output(x)
        check(self, "dC_dy", dC_dy, x.shape)
        check(self, "dx", dx, x.shape)
        out = self.work("f''", x.shape, promote(self, (y, dC_dy, dx)))
        self.d2f(x, y, out)
        np.multiply(out, dC_dy, out=out)
        return np.multiply(out, dx, out=out)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        y = self._output(x)
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        if dC_dy is not None:
            check(self, "dC_dy", dC_dy, x.shape)
        self._d2C_dx2 = out = reuse(self._d2C_dx2, x.shape, y, d2C_dy2, x)
        part = self.work("part of d2C_dx2", x.shape, out.dtype)
        self.times_df(x, y, d2C_dy2, part)
        self.times_df(x, y, part, out)
        if dC_dy is not None and self.curved:
            self.d2f(x, y, part)
            np.multiply(part, dC_dy, out=part)
            np.add(out, part, out=out)
        return out

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _output(self, x):
        """Return f(x): that of the last forward, if it was of this x."""
        if x is not self._x and not same_memory(x, self._x):
            self.forward(x)
        return self.y

    def _is_whole(self, x, *others):
        """Tell whether arrays are worked on as they are, not in pieces."""
        return not self.piecewise or (
            x.size <= SHORT
            and x.flags.c_contiguous
            and all(other.flags.c_contiguous for other in others)
        )

    def _in_pieces(self, method, ins, out):
        """Call a method, such as `f`, with pieces of the arrays."""

        in_pieces(lambda work: getattr(self._twin(work), method), ins, (out,))

    def _twin(self, work):
        """Return a copy that shares all but the scratch memory."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self), work=work)
        return twin
