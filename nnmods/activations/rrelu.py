"""RReLU: a random slope below 0."""

import numpy as np

from nnmods.activations.leak import leak, leak_product, leak_slope
from nnmods.activations.masks import BOOL, keep_nan
from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.core import Elementwise, check, get_rng, reuse
from nnmods.core.arrays import same
from nnmods.kernels.pieces import entrywise


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
    curved = False

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
        ins = (x, self.noise) if self.train else (x,)
        with np.errstate(invalid="ignore"):  # 0 * -inf
            entrywise(self._values, ins, (out,), self.work)

    def times_df(self, x, y, d, out):
        ins = (x, d, self.noise) if self.train else (x, d)
        entrywise(self._products, ins, (out,), self.work)

    def _values(self, work):
        if self.train:
            return lambda x, noise, out: np.multiply(x, noise, out=out)
        return lambda x, out: leak(x, self._mean(), out, work)

    def _products(self, work):
        def drawn(x, d, noise, out):
            np.multiply(noise, d, out=out)
            keep_nan(x, out, work)

        def mean(x, d, out):
            leak_product(x, d, self._mean(), out, work)

        return drawn if self.train else mean

    def _mean(self):
        return (self.lower + self.upper) / 2

    def _draw(self, x, noise):
        # In the logical order of x, whatever its memory order.
        rng = get_rng(self.rng)
        if type(rng) is np.random.Generator:
            u = self.work("u", x.shape, np.float32)
            rng.random(dtype=np.float32, out=u)
            entrywise(self._slopes, (x, u), (noise,), self.work)
            return
        # Torch7 draws for the entries that need it only: a third of the speed.
        drawn = self.work("drawn", x.shape, BOOL)
        np.less_equal(x, 0, out=drawn)
        slopes = self.work("slopes", (x.size,), np.float64)[: np.count_nonzero(drawn)]
        rng.random(out=slopes)
        np.multiply(slopes, self.upper - self.lower, out=slopes)
        np.add(slopes, self.lower, out=slopes)
        noise.fill(1)
        noise[drawn] = slopes

    def _slopes(self, work):
        def slopes(x, u, out):
            scaled = work("scaled", x.shape, out.dtype)
            np.copyto(scaled, u)
            np.multiply(scaled, self.upper - self.lower, out=scaled)
            np.add(scaled, self.lower, out=scaled)
            leak_slope(x, scaled, out, work)

        return slopes

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
