"""Masking: the family of modules that multiply x by a random mask."""

import numbers

import numpy as np

from nnmods.core import Module, check, get_rng, reuse
from nnmods.kernels.pieces import SIZE, entrywise
from nnmods.kernels.scratch import scratch


class Masking(Module):
    """A product with a random mask in training, and with one number in evaluation.

    ::

        training:    y = x * mask,     dC_dx = dC_dy * mask,     dy = dx * mask
        evaluation:  y = x * kept,     dC_dx = dC_dy * kept,     dy = dx * kept

        d2C_dx2 = d2C_dy2 * mask^2,  or d2C_dy2 * kept^2

    With ``stochastic_inference`` evaluation is as training. A subclass says how the
    mask is shaped, `mask_shape`, and drawn, `draw`, and what `kept_share` is; 1 passes
    arrays on as they are.
    """

    _results = (*Module._results, "mask", "_buffers")
    mask = _buffers = None
    curved = False

    def __init__(self, p_drop, stochastic_inference, rng):
        super().__init__()
        self.setp(0.5 if p_drop is None else p_drop)
        self.stochastic_inference = bool(stochastic_inference)
        self.rng = None if rng is None else get_rng(rng)

    def setp(self, p_drop):
        """Set the probability to be dropped, and return self."""
        if not isinstance(p_drop, numbers.Real):
            raise TypeError(
                f"{type(self).__name__}: p_drop has type {type(p_drop).__name__}, "
                "expected a real number"
            )
        if not (0 <= p_drop < 1 or p_drop == self._highest):
            raise ValueError(
                f"{type(self).__name__}: p_drop is {p_drop}, expected 0 <= p_drop "
                f"{'<' if self._highest is None else '<='} 1"
            )
        self.p_drop = p_drop
        return self

    _highest = None  # a p_drop of 1 is allowed where there is no division by 1 - p_drop

    kept_value = 1  # of the mask, where nothing is dropped

    def mask_shape(self, x):
        """Return the shape of the mask, which is spread over x."""
        raise NotImplementedError(f"{self!r}: mask_shape(x) is not written")

    def kept_share(self, x):
        """Return the factor of evaluation."""
        raise NotImplementedError(f"{self!r}: share(x) is not written")

    def draw(self, mask):
        """Write `kept_value` with probability 1 - p_drop, else 0, to each entry."""
        rng = get_rng(self.rng)
        # One number per entry, in logical order: neither the memory order nor the dtype
        # of x changes what is dropped. A generator of another library's numbers, such
        # as Torch7's, compares in double precision as that one does.
        dtype = np.float32 if type(rng) is np.random.Generator else np.float64
        kept = self.work("kept", mask.shape, np.bool_)
        in_row = kept.reshape(-1)
        with scratch() as work:
            for start in range(0, kept.size, SIZE):
                part = in_row[start : start + SIZE]
                u = work("u", part.shape, dtype)
                rng.random(dtype=dtype, out=u)
                np.less_equal(u, 1 - self.p_drop, out=part)
        entrywise(self._kept, (kept,), (mask,), self.work)

    def _kept(self, work):
        def put(kept, mask):
            np.copyto(mask, kept)
            if self.kept_value != 1:
                np.multiply(mask, self.kept_value, out=mask)

        return put

    def forward(self, x):
        check(self, "x", x, (...,))
        shape = self.mask_shape(x)
        if self._is_random():
            self.mask = reuse(self.mask, shape, x, module=self)
            self.draw(self.mask)
        self.y = self._masked("y", x, x)
        return self.y

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = self._masked("dC_dx", x, dC_dy)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        self._dy = self._masked("dy", x, dx)
        return self._dy

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        check(self, "x", x, (...,))
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        once = self._masked("masked once", x, d2C_dy2)
        self._d2C_dx2 = self._masked("d2C_dx2", x, once)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _is_random(self):
        return self.train or self.stochastic_inference

    def _masked(self, name, x, values):
        """Return ``values`` times the derivative of y by x."""
        shape = self.mask_shape(x)
        if self._is_random():
            if self.mask is None or self.mask.shape != shape:
                got = "none" if self.mask is None else f"shape {self.mask.shape}"
                raise RuntimeError(
                    f"{self!r}: mask has {got}, expected shape {shape}; "
                    "forward(x) in training mode draws it"
                )
            factor, others = self.mask, (self.mask,)
        else:
            factor, others = self.kept_share(x), ()
            if factor == 1 and values.dtype.kind == "f":
                return values
        # Not self.y: in evaluation that may be x, which must not be written to.
        if self._buffers is None:
            self._buffers = {}
        out = reuse(self._buffers.get(name), x.shape, values, *others, module=self)
        self._buffers[name] = out
        if np.ndim(factor) and factor.shape == out.shape:
            product = np.multiply
            entrywise(lambda work: product, (values, factor), (out,), self.work)
        else:
            np.multiply(values, factor, out=out)
        return out
