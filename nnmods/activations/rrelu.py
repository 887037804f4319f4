"""RReLU: a random slope below 0."""

import numpy as np

from nnmods.activations.masks import BOOL, above, keep_nan, one_or
from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.core import Elementwise, check, get_rng, reuse
from nnmods.core.arrays import same


class RReLU(Elementwise):
    """Positive part, plus a random multiple of the negative part in training.

    ::

        training:    y = x * noise,               dC_dx = noise * dC_dy
        evaluation:  y = x where x > 0, else slope * x

    ``noise`` is 1 where x > 0, and drawn anew in each `forward`, uniform from lower to
    upper, for each other entry. slope is their mean, (lower + upper) / 2 [1]_.

    Parameters
    ----------
    lower : float, default=1/8
    upper : float, default=1/3
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.
    rng : int, numpy.random.Generator or None, default=None
        Draws the slopes; None is the default generator at the time of the call.

    Attributes
    ----------
    noise : ndarray, shape of x, or None
        State: `backward` and `jvp` in training use the slopes of the last `forward`.

    Raises
    ------
    TypeError
        If a bound is not a real number.
    ValueError
        Unless 0 <= lower <= upper < inf, or if ``dC_dy`` is not shaped like ``x``.
    RuntimeError
        If the last `forward` in training was not of this ``x``.

    References
    ----------
    .. [1] B. Xu, N. Wang, T. Chen, M. Li, "Empirical evaluation of rectified
           activations in convolutional network", 2015, section 2.4.

    Examples
    --------
    >>> RReLU(0.25, 0.75).evaluate()(np.array([-2.0, 3.0]))
    array([-1.,  3.])
    """

    _results = (*Elementwise._results, "noise")
    noise = None

    def __init__(self, lower=1 / 8, upper=1 / 3, inplace=False, *, rng=None):
        super().__init__()
        check_inplace(self, inplace)
        self.lower = as_number(self, "lower", lower, 1 / 8)
        self.upper = as_number(self, "upper", upper, 1 / 3)
        if not 0 <= self.lower <= self.upper < np.inf:
            raise ValueError(
                f"RReLU: lower and upper have values {self.lower} and {self.upper}, "
                "expected 0 <= lower <= upper < inf"
            )
        self.rng = None if rng is None else get_rng(rng)

    def forward(self, x):
        if self.train:
            check(self, "x", x, (...,))
            self.noise = reuse(self.noise, x.shape, x, module=self)
            self._draw(x, self.noise)
        return super().forward(x)

    def f(self, x, out):
        with np.errstate(invalid="ignore"):  # 0 * -inf
            if self.train:
                np.multiply(x, self.noise, out=out)
                return
            self.df(x, None, out)
            np.multiply(x, out, out=out)

    def df(self, x, y, out):
        if self.train:
            np.copyto(out, self.noise)
            keep_nan(x, out, self.work)
            return
        above(x, 0, out, self.work)
        one_or((self.lower + self.upper) / 2, out, self.work)

    def _draw(self, x, noise):
        # In the logical order of x, one number for each entry that needs one: what
        # Torch7 draws, whatever the memory order.
        drawn = self.work("drawn", x.shape, BOOL)
        np.less_equal(x, 0, out=drawn)
        slopes = self.work("slopes", (x.size,), np.float64)[: np.count_nonzero(drawn)]
        get_rng(self.rng).random(out=slopes)
        np.multiply(slopes, self.upper - self.lower, out=slopes)
        np.add(slopes, self.lower, out=slopes)
        noise.fill(1)
        noise[drawn] = slopes

    def _output(self, x):
        if not self.train:
            return super()._output(x)
        if self.noise is None or not same(x, self._x):
            raise RuntimeError(
                f"{self!r}: noise is not of this x, expected its own; forward(x) in "
                "training mode draws it"
            )
        return self.y

    def __repr__(self):
        return describe(self, lower=1 / 8, upper=1 / 3)
