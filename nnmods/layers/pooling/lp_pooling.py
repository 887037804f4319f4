"""LPPooling: the family of p-norms of windows."""

import numpy as np

from nnmods.kernels.average_pooling import sum_pool_backward, sum_pool_forward
from nnmods.kernels.windows import output_size
from nnmods.layers.pooling.lp_curvature import LPCurvature
from nnmods.layers.pooling.pooling import is_batch_of


class LPPooling(LPCurvature):
    """The abstract base of the p-norm poolings.

    ::

        y[o]     = (sum_k x[o * stride + k]^p)^(1 / p)
        dC_dx[i] = x[i]^(p - 1) * sum of y[o]^(1 - p) dC_dy[o] over the windows with i

    No absolute value is taken: x is meant to be positive where p is not even. A window
    of y = 0, where the root of p > 1 has no derivative, gives no gradient.

    A subclass sets ``axes``, ``kernel_size`` and ``stride``, and calls `_set_power`.
    """

    def _set_power(self, name, power):
        owner = type(self).__name__
        if not isinstance(power, (int, float, np.number)):
            raise TypeError(f"{owner}: {name} is {power!r}, expected a number")
        if power == 0:
            raise ValueError(f"{owner}: {name} is {power}, expected another number")
        self.power = power

    def _is_flat_at_zero(self):
        """Tell whether a window of y = 0 gives no gradient."""
        return self.power > 1

    def output_shape(self, shape):
        none, ones = (0,) * self.axes, (1,) * self.axes
        count = output_size(shape[2:], self.kernel_size, self.stride, none, ones)
        if min(count) < 1:
            raise ValueError(
                f"{self!r}: x has size {shape[2:]}, expected at least "
                f"{self.kernel_size}"
            )
        return (*shape[:2], *count)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def _forward(self, x, out):
        with np.errstate(all="ignore"):
            powers = self._scratch("powers", x.shape, out.dtype)
            self._raise(x, self.power, powers)
            sum_pool_forward(powers, self.kernel_size, self.stride, out, self.work)
            if self.power == 2:
                np.sqrt(out, out=out)
            elif self.power != 1:
                np.power(out, 1 / self.power, out=out)

    def _backward(self, x, dC_dy, out):
        with np.errstate(all="ignore"):
            slope = self._slope(x, dC_dy, out.dtype)
            sum_pool_backward(
                slope, x.shape, self.kernel_size, self.stride, out, self.work
            )
            np.multiply(out, self._inner(x, out.dtype), out=out)

    def _jvp(self, x, dx, dparams, out):
        with np.errstate(all="ignore"):
            inner = self._inner(x, out.dtype)
            np.multiply(inner, dx, out=inner)
            sum_pool_forward(inner, self.kernel_size, self.stride, out, self.work)
            np.copyto(out, self._slope(x, out, out.dtype))

    def _inner(self, x, dtype):
        """Return x^(p - 1), in scratch."""
        inner = self._scratch("powers", x.shape, dtype)
        self._raise(x, self.power - 1, inner)
        return inner

    def _slope(self, x, dC_dy, dtype, power=None):
        """Return y^power dC_dy, in scratch; 0 where y is 0 and flat there.

        The power is 1 - p unless it is given.
        """
        y = self._output(x)
        slope = self._scratch("slope", dC_dy.shape, dtype)
        self._raise(y, 1 - self.power if power is None else power, slope)
        np.multiply(slope, dC_dy, out=slope)
        if self._is_flat_at_zero():
            zero = self._scratch("zero", y.shape, np.bool_)
            np.equal(y, 0, out=zero)
            np.copyto(slope, 0, where=zero)
        return slope

    def _raise(self, x, power, out):
        if power == 2:
            np.multiply(x, x, out=out, dtype=out.dtype)
        elif power == 1:
            np.copyto(out, x)
        else:
            np.power(x, power, out=out, dtype=out.dtype)

    def _output(self, x):
        """Return y of the batch x: that of the last forward, if it was of this x."""
        if not is_batch_of(x, self._x):
            y = self._buffer("y", self.output_shape(x.shape), x)
            self._forward(x, y)
            self._x = x
        return self._buffers["y"]

    def _scratch(self, name, shape, dtype):
        memory = self.work(name, (*shape[1:], shape[0]), dtype)
        return memory.transpose(memory.ndim - 1, *range(memory.ndim - 1))
