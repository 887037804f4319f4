"""Smooth curves that activations and gates share: values, and derivatives.

Each function writes into ``out``, which shares no memory with ``x``, and takes scratch
memory from ``work``. Arguments are first cut where the curve has reached its limit to
the last bit: infinity times 0 would be NaN.
"""

import math

import numpy as np

#: Below -FAR the logistic function is 0 in float64, above FAR it is 1.
FAR = 1000.0
#: The same of the normal distribution, and of its approximation by tanh.
FAR_NORMAL = 40.0
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


def sigmoid_slope(x, out, work):
    """Write ``s (1 - s)``, where s is the logistic function."""
    sigmoid(x, out)
    rest = work("rest", x.shape, out.dtype)
    np.subtract(1, out, out=rest)
    np.multiply(out, rest, out=out)


def silu(x, out, work):
    """Write ``x s(x)``, where s is the logistic function."""
    sigmoid(x, out)
    np.multiply(out, _cut(x, -FAR, np.inf, out, work), out=out)


def silu_slope(x, out, work):
    """Write ``s (1 + x (1 - s))``."""
    sigmoid(x, out)
    factor = work("factor", x.shape, out.dtype)
    np.subtract(1, out, out=factor)
    np.multiply(factor, _cut(x, -FAR, FAR, out, work), out=factor)
    np.add(factor, 1, out=factor)
    np.multiply(out, factor, out=out)


def gelu(x, out, work):
    """Write ``x Phi(x)``, where Phi is the normal distribution function."""
    from scipy.special import ndtr

    ndtr(x, out=out, dtype=out.dtype)
    np.multiply(out, _cut(x, -FAR_NORMAL, np.inf, out, work), out=out)


def gelu_slope(x, out, work):
    """Write ``Phi(x) + x phi(x)``, where phi is the density of Phi."""
    from scipy.special import ndtr

    ndtr(x, out=out, dtype=out.dtype)
    cut = _cut(x, -FAR_NORMAL, FAR_NORMAL, out, work)
    density = work("density", x.shape, out.dtype)
    np.multiply(cut, cut, out=density)
    np.multiply(density, -0.5, out=density)
    np.exp(density, out=density)
    np.multiply(density, 1 / math.sqrt(2 * math.pi), out=density)
    np.multiply(density, cut, out=density)
    np.add(out, density, out=out)


def gelu_tanh(x, out, work):
    """Write ``x (1 + tanh(u)) / 2 = x s(2 u)``, with u as in `_twice_u`."""
    cut = _cut(x, -FAR_NORMAL, FAR_NORMAL, out, work)
    sigmoid(_twice_u(cut, work), out)
    np.multiply(out, _cut(x, -FAR_NORMAL, np.inf, out, work), out=out)


def gelu_tanh_slope(x, out, work):
    """Write ``s + x s (1 - s) d(2 u)/dx``."""
    cut = _cut(x, -FAR_NORMAL, FAR_NORMAL, out, work)
    sigmoid(_twice_u(cut, work), out)
    rest, slope = (work(name, x.shape, out.dtype) for name in ("rest", "twice u"))
    np.multiply(cut, cut, out=slope)
    np.multiply(slope, 3 * 0.044715, out=slope)
    np.add(slope, 1, out=slope)
    np.multiply(slope, math.sqrt(8 / math.pi), out=slope)
    np.multiply(slope, cut, out=slope)
    np.subtract(1, out, out=rest)
    np.multiply(slope, rest, out=slope)
    np.add(slope, 1, out=slope)
    np.multiply(out, slope, out=out)


def mish(x, out, work):
    """Write ``x tanh(log(1 + exp(x)))``.

    It is x n / (n + 2) with n = e (e + 2) and e = exp(x): no difference is in that, so
    that the tail, x exp(x), is accurate.
    """
    cut = _cut(x, -FAR, FAR_MISH, out, work)
    _mish_parts(cut, out, work)
    n = work("n", x.shape, out.dtype)
    np.add(n, 2, out=out)
    np.divide(n, out, out=out)
    np.multiply(out, _cut(x, -FAR, np.inf, out, work), out=out)


def mish_slope(x, out, work):
    """Write ``n / (n + 2) + 4 x e (1 + e) / (n + 2)^2``."""
    cut = _cut(x, -FAR, FAR_MISH, out, work)
    _mish_parts(cut, out, work)
    n = work("n", x.shape, out.dtype)
    np.multiply(cut, out, out=cut)
    np.add(out, 1, out=out)
    np.multiply(cut, out, out=cut)
    np.multiply(cut, 4, out=cut)  # 4 x e (1 + e)
    np.add(n, 2, out=out)
    np.divide(cut, out, out=cut)
    np.add(cut, n, out=cut)
    np.divide(cut, out, out=out)


def _mish_parts(cut, out, work):
    """Write e = exp(x) into ``out`` and n = e (e + 2) into the scratch array "n"."""
    n = work("n", out.shape, out.dtype)
    np.exp(cut, out=out)
    np.add(out, 2, out=n)
    np.multiply(n, out, out=n)


def _twice_u(x, work):
    """Return ``2 u``, where u = sqrt(2 / pi) (x + 0.044715 x^3)."""
    out = work("twice u", x.shape, x.dtype)
    np.multiply(x, x, out=out)
    np.multiply(out, 0.044715, out=out)
    np.add(out, 1, out=out)
    np.multiply(out, x, out=out)
    return np.multiply(out, math.sqrt(8 / math.pi), out=out)


def _cut(x, low, high, out, work):
    """Return x between two bounds, in the dtype of ``out``."""
    cut = work("cut", x.shape, out.dtype)
    return np.clip(x, low, high, out=cut, dtype=out.dtype)
