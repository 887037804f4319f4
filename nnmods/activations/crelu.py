"""CReLU: the positive and the negative part, side by side."""

from functools import partial

import numpy as np

from nnmods.activations.masks import above, below, cut
from nnmods.activations.options import check_inplace
from nnmods.core import Module, check, reuse
from nnmods.core.arrays import as_size
from nnmods.kernels.pieces import entrywise


class CReLU(Module):
    """Positive parts of x and of -x, side by side along the first sample axis.

    ::

        y     = (max(x, 0), max(-x, 0))
        dC_dx = dC_dy[first half]  where x > 0
              - dC_dy[second half] where x < 0, else 0

    Parameters
    ----------
    n_input_dims : int
        How many axes a sample has. An x of one axis more is a batch, and its second
        axis is doubled; of every other x, the first one is.
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Raises
    ------
    ValueError
        If ``x`` has no axis to double, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] W. Shang, K. Sohn, D. Almeida, H. Lee, "Understanding and improving
           convolutional neural networks via concatenated rectified linear units",
           ICML 2016, definition 2.1.

    Examples
    --------
    >>> CReLU(1)(np.array([[-2.0, 3.0]]))
    array([[0., 3., 2., 0.]])
    """

    curved = False

    def __init__(self, n_input_dims, inplace=False):
        super().__init__()
        check_inplace(self, inplace)
        self.n_input_dims = as_size("CReLU", "n_input_dims", n_input_dims)

    def forward(self, x):
        self.y = reuse(self.y, self._shape(x), x, module=self)
        positive, negative = self._split(self.y, x.ndim)
        entrywise(self._values, (x,), (positive, negative), self.work)
        return self.y

    def backward(self, x, dC_dy):
        check(self, "dC_dy", dC_dy, self._shape(x))
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        ins = (x, *self._split(dC_dy, x.ndim))
        entrywise(partial(self._products, np.subtract), ins, (self.dC_dx,), self.work)
        return self.dC_dx

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        check(self, "d2C_dy2", d2C_dy2, self._shape(x))
        self._d2C_dx2 = reuse(self._d2C_dx2, x.shape, x, d2C_dy2, module=self)
        ins = (x, *self._split(d2C_dy2, x.ndim))
        entrywise(partial(self._products, np.add), ins, (self._d2C_dx2,), self.work)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, self._shape(x), x, dx, module=self)
        outs = self._split(self._dy, x.ndim)
        entrywise(self._tangents, (x, dx), outs, self.work)
        return self._dy

    def _values(self, work):
        def values(x, positive, negative):
            cut(x, 0.0, None, positive, work)
            cut(x, None, 0.0, negative, work)
            np.subtract(0.0, negative, out=negative)  # 0 - 0 is not -0

        return values

    def _products(self, combine, work):
        def products(x, first, second, out):
            share = work("share", x.shape, out.dtype)
            np.less(x, 0, out=share)
            above(x, 0, out, work)  # NaN where x is: enough for the sum
            np.multiply(out, first, out=out)
            np.multiply(share, second, out=share)
            combine(out, share, out=out)

        return products

    def _tangents(self, work):
        def tangents(x, dx, positive, negative):
            below(x, 0, negative, work)
            above(x, 0, positive, work)
            np.multiply(positive, dx, out=positive)
            np.multiply(negative, dx, out=negative)
            np.negative(negative, out=negative)

        return tangents

    def _axis(self, ndim):
        return 1 if ndim == self.n_input_dims + 1 and ndim > 1 else 0

    def _shape(self, x):
        check(self, "x", x, (...,))
        if x.ndim == 0:
            raise ValueError(f"{self!r}: x has 0 axes, expected at least 1")
        axis = self._axis(x.ndim)
        return (*x.shape[:axis], 2 * x.shape[axis], *x.shape[axis + 1 :])

    def _split(self, y, ndim):
        axis = self._axis(ndim)
        before, half = (slice(None),) * axis, y.shape[axis] // 2
        return y[(*before, slice(half))], y[(*before, slice(half, None))]

    def __repr__(self):
        return f"CReLU({self.n_input_dims})"
