"""Smooth curves that activations and gates share: values, and derivatives.

Each function writes into ``out``, which shares no memory with ``x``, and takes scratch
memory from ``work``. Arguments are first cut where the curve has reached its limit to
the last bit: infinity times 0 would be NaN.
"""

import math

import numpy as np

from nnmods.activations.masks import constant

#: Below -FAR the logistic function is 0 in float64, above FAR it is 1.
FAR = 1000.0
#: The same of the normal distribution, and of its approximation by tanh.
FAR_NORMAL = 40.0
#: Of this approximation: tanh(u), with 2 u = ROOT (x + CUBIC x^3).
ROOT, CUBIC = math.sqrt(8 / math.pi), 0.044715
#: Above it tanh(log(1 + exp(x))) is 1, and exp(4 x) is still finite in float32.
FAR_MISH = 22.0


def sigmoid(x, out):
    """Write ``1 / (1 + exp(-x))``."""
    # Of the formulas tried this is the fastest that is right for x << 0 too:
    # tanh(x/2)/2 + 1/2 takes as long, and ends at 1e-16 there instead of exp(x);
    # the forms in exp(-|x|) take twice as long. The overflow it runs into gives
    # 1 / (1 + inf) = 0, which is the value wanted.
    with np.errstate(over="ignore"):
        np.negative(x, out=out, dtype=out.dtype)  # unsigned integers would wrap
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.divide(1, out, out=out)


def silu(x, out, work):
    """Write ``x s(x)``, where s is the logistic function."""
    cut = cut_to(x, -FAR, np.inf, out, work)
    with np.errstate(over="ignore"):  # x / inf is 0
        np.negative(cut, out=out)
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.divide(cut, out, out=out)


def silu_slope(x, y, out, work):
    """Write ``s + y (1 - s)``, where y = x s."""
    sigmoid(x, out)
    _add_rest(y, None, out, work)


def gelu_tanh(x, out, work):
    """Write ``x (1 + tanh(u)) / 2 = x s(2 u)``, u = sqrt(2 / pi) (x + 0.044715 x^3)."""
    cut = cut_to(x, -FAR_NORMAL, np.inf, out, work)
    with np.errstate(over="ignore"):  # far above 0, u and x / 1 are what they should
        odd(cut, -ROOT, -ROOT * CUBIC, out)
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.divide(cut, out, out=out)


def gelu_tanh_slope(x, y, out, work):
    """Write ``s + y (1 - s) d(2 u)/dx``, where y = x s(2 u)."""
    cut = cut_to(x, -FAR_NORMAL, FAR_NORMAL, out, work)
    slope = work("slope", x.shape, out.dtype)
    odd(cut, ROOT, ROOT * CUBIC, slope)
    sigmoid(slope, out)
    np.multiply(cut, cut, out=slope)
    np.multiply(slope, 3 * ROOT * CUBIC, out=slope)
    np.add(slope, ROOT, out=slope)
    _add_rest(y, slope, out, work)


def mish(x, out, work):
    """Write ``x tanh(log(1 + exp(x)))``.

    It is x n / (n + 2) with n = e (e + 2) and e = exp(x): no difference is in that, so
    that the tail, x exp(x), is accurate.
    """
    cut = cut_to(x, -FAR, FAR_MISH, out, work)
    mish_parts(cut, out, work)
    n = work("n", x.shape, out.dtype)
    np.add(n, 2, out=out)
    np.divide(n, out, out=out)
    np.multiply(out, cut_to(x, -FAR, np.inf, out, work), out=out)


def mish_slope(x, out, work):
    """Write ``n / (n + 2) + 4 x e (1 + e) / (n + 2)^2``."""
    cut = cut_to(x, -FAR, FAR_MISH, out, work)
    mish_parts(cut, out, work)
    n = work("n", x.shape, out.dtype)
    np.multiply(cut, out, out=cut)
    np.add(out, 1, out=out)
    np.multiply(cut, out, out=cut)
    np.multiply(cut, 4, out=cut)  # 4 x e (1 + e)
    np.add(n, 2, out=out)
    np.divide(cut, out, out=cut)
    np.add(cut, n, out=cut)
    np.divide(cut, out, out=out)


def mish_parts(cut, out, work):
    """Write e = exp(x) into ``out`` and n = e (e + 2) into the scratch array "n"."""
    n = work("n", out.shape, out.dtype)
    np.exp(cut, out=out)
    np.add(out, 2, out=n)
    np.multiply(n, out, out=n)


def _add_rest(y, slope, out, work):
    """Add ``y (1 - out) slope`` to ``out``; a slope of None is 1."""
    rest = work("rest", y.shape, out.dtype)
    least = work("least", y.shape, out.dtype)
    np.subtract(1, out, out=rest)
    np.minimum(y, constant(FAR, out, work), out=least)  # not inf * 0
    np.multiply(rest, least, out=rest)
    if slope is not None:
        np.multiply(rest, slope, out=rest)
    np.add(out, rest, out=out)


def odd(x, first, third, out):
    """Write ``first x + third x^3``."""
    np.multiply(x, x, out=out)
    np.multiply(out, third, out=out)
    np.add(out, first, out=out)
    np.multiply(out, x, out=out)


def cut_to(x, low, high, out, work):
    """Return x between two bounds, in the dtype of ``out``."""
    cut = work("cut", x.shape, out.dtype)
    np.maximum(x, constant(low, out, work), out=cut)
    if high != np.inf:
        np.minimum(cut, constant(high, out, work), out=cut)
    return cut
