"""PReLU: a slope below 0 that is learnt."""

import numpy as np

from nnmods.activations.leak import leak, leak_product, leak_share
from nnmods.activations.options import as_number
from nnmods.activations.plane_sums import plane_sums
from nnmods.activations.prelu_curvature import PReLUCurvature
from nnmods.core import Elementwise, check, reuse
from nnmods.core.arrays import as_size
from nnmods.kernels.pieces import entrywise


class PReLU(PReLUCurvature, Elementwise):
    """Positive part, plus a learnt multiple of the negative part.

    ::

        y            = x where x > 0, else weight * x
        dC_dx        = dC_dy where x > 0, else weight * dC_dy
        grad_weight += scale * sum(min(x, 0) * dC_dy)     (over all that share it)
        dy           = dx * (1 or weight) + min(x, 0) * dweight

    There is one weight for all entries, or one for each plane: along the only axis of
    (C,), and along the second of all other x, so that (C, H, W) is taken for a batch.

    Parameters
    ----------
    n_output_plane : int, default=0
        The number of planes; 0 means one weight for all.
    init : float, default=0.25
        What the weights begin with, and `reset` gives them.
    dtype : numpy dtype, default=None
        Of the weights; None takes `nnmods.get_default_dtype()`.
    rng : default=None
        Nothing is drawn; it is taken as by every class with parameters.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (n_output_plane,), or (1,) for one weight

    Raises
    ------
    ValueError
        If ``x`` has other than ``n_output_plane`` planes, or ``dC_dy`` is not shaped
        like ``x``.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015,
           eq. (1) and (3).

    Examples
    --------
    >>> PReLU()(np.array([-2.0, 3.0]))
    array([-0.5,  3. ])
    """

    def __init__(self, n_output_plane=0, *, init=0.25, dtype=None, rng=None):
        super().__init__(dtype)
        n = 0 if n_output_plane is None else n_output_plane
        self.n_output_plane = as_size("PReLU", "n_output_plane", n)
        self.init = as_number(self, "init", init, 0.25)
        self.weight = np.empty(self.n_output_plane or 1, self.dtype)
        self.grad_weight = np.zeros_like(self.weight)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        """Set all weights to ``init``, and return self."""
        self.weight[...] = self.init
        return self

    def forward(self, x):
        self._check(x)
        self.y = reuse(self.y, x.shape, x, self.weight)
        self._x, self._dC_dy = x, None
        self.f(x, self.y)
        return self.y

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        dC_dx = self.backward(x, dC_dy) if input_grad else None
        self.acc_grad_params(x, dC_dy, scale)
        return dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        axis = self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self._add(leak_share, (x, dC_dy), axis, scale)

    def _add(self, write, arrays, axis, scale):
        """Add sums of what ``write(*arrays, out, work)`` writes to the gradient."""
        share = self.work("share", self.weight.shape, self.weight.dtype)
        plane_sums(write, arrays, axis if self.n_output_plane else None, share)
        np.multiply(share, scale, out=share)
        self.grad_weight += share

    def jvp(self, x, dx, dparams=None):
        self._check(x)
        dy = super().jvp(x, dx)
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
            terms = self.work("terms", x.shape, dy.dtype)
            np.minimum(x, 0, out=terms)
            np.multiply(terms, self._by_plane(dparams[0], x), out=terms)
            np.add(dy, terms, out=dy)
        return dy

    def f(self, x, out):
        with np.errstate(over="ignore", invalid="ignore"):
            self._apply(leak, (x,), out)

    def times_df(self, x, y, d, out):
        self._apply(leak_product, (x, d), out)

    def _apply(self, function, ins, out):
        """Call ``function(*ins, slope, out, work)`` with pieces of all."""

        def start(work):
            if self.n_output_plane:
                return lambda *arrays: function(*arrays, work)
            return lambda *ins_out: function(
                *ins_out[:-1], self.weight[0], ins_out[-1], work
            )

        if self.n_output_plane:
            weights = self._by_plane(self.weight, out)
            ins = (*ins, np.broadcast_to(weights, out.shape))
        entrywise(start, ins, (out,), self.work)

    def _by_plane(self, weight, x):
        return weight.reshape(-1, *(1,) * max(x.ndim - 2, 0)) if x.ndim else weight[0]

    def _check(self, x):
        """Return the axis of the planes."""
        check(self, "x", x, (...,))
        axis = int(x.ndim > 1)
        if self.n_output_plane and x.shape[axis : axis + 1] != self.weight.shape:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected {self.n_output_plane} "
                f"planes along axis {axis}"
            )
        return axis

    def __repr__(self):
        return f"PReLU({self.n_output_plane or ''})"
