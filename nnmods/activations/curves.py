"""Smooth curves that activations and gates share: values, and derivatives.

Each function writes into ``out``, which shares no memory with ``x``, and takes scratch
memory from ``work``. Arguments are cut where the curve has reached its limit to the
last bit, as infinity times 0 would be NaN; long ones only where a NaN has come out.
"""

import math

import numpy as np

from nnmods.activations.masks import cut, has_nan

#: Below -FAR the logistic function is 0 in float64, above FAR it is 1.
FAR = 1000.0
#: The same of the normal distribution, and of its approximation by tanh.
FAR_NORMAL = 40.0
#: Of this approximation: tanh(u), with 2 u = ROOT (x + CUBIC x^3).
ROOT, CUBIC = math.sqrt(8 / math.pi), 0.044715
#: From these on products with a number between 1/4 and 1 are no subnormal ones.
LEAST = {char: 8 * float(np.finfo(char).tiny) for char in "fdg"}
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
    within(_silu, (x,), -FAR, None, out, work)


def _silu(x, out, work):
    np.negative(x, out=out, dtype=out.dtype)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.divide(x, out, out=out)  # x / inf is 0


def silu_slope(x, y, out, work):
    """Write ``(1 + x - y) s = s + y (1 - s)``, where y = x s."""
    write = _silu_slope_near_0 if near_0(x, out, work) else _silu_slope
    within(write, (x, y), -FAR, FAR, out, work)


def _silu_slope(x, y, out, work):
    s = work("s", x.shape, out.dtype)
    np.divide(y, x, out=s)
    np.subtract(1, s, out=out)
    np.multiply(out, y, out=out)
    np.add(out, s, out=out)


def _silu_slope_near_0(x, y, out, work):
    divisor = work("divisor", x.shape, out.dtype)
    np.negative(x, out=divisor, dtype=out.dtype)
    np.exp(divisor, out=divisor)
    np.add(divisor, 1, out=divisor)
    np.subtract(x, y, out=out)  # x (1 - s), and 0 where s is 1
    np.add(out, 1, out=out)
    np.divide(out, divisor, out=out)


def gelu_tanh(x, out, work):
    """Write ``x (1 + tanh(u)) / 2 = x s(2 u)``, u = sqrt(2 / pi) (x + 0.044715 x^3)."""
    within(_gelu_tanh, (x,), -FAR_NORMAL, None, out, work)


def _gelu_tanh(x, out, work):
    odd(x, -ROOT, -ROOT * CUBIC, out)
    np.exp(out, out=out)  # far above 0, u and x / 1 are what they should
    np.add(out, 1, out=out)
    np.divide(x, out, out=out)


def gelu_tanh_slope(x, y, out, work):
    """Write ``(1 + (x - y) d(2 u)/dx) s``, where y = x s and s = s(2 u)."""
    write = _gelu_tanh_slope_near_0 if near_0(x, out, work) else _gelu_tanh_slope
    within(write, (x, y), -FAR_NORMAL, FAR_NORMAL, out, work)


def _gelu_tanh_slope(x, y, out, work):
    s = work("s", x.shape, out.dtype)
    np.divide(y, x, out=s)
    _times_gelu_tanh_slope(x, y, s, out, work)


def _gelu_tanh_slope_near_0(x, y, out, work):
    s = work("s", x.shape, out.dtype)
    odd(x, ROOT, ROOT * CUBIC, s)
    sigmoid(s, s)
    _times_gelu_tanh_slope(x, y, s, out, work)


def _times_gelu_tanh_slope(x, y, s, out, work):
    rest = work("rest", x.shape, out.dtype)
    np.multiply(x, x, out=out, dtype=out.dtype)
    np.multiply(out, 3 * ROOT * CUBIC, out=out)
    np.add(out, ROOT, out=out)
    np.subtract(x, y, out=rest)
    np.multiply(out, rest, out=out)
    np.add(out, 1, out=out)
    np.multiply(out, s, out=out)


def near_0(x, out, work):
    """Tell whether an entry of x is so small that x s loses digits of s, or is 0.

    Where none is, y / x gives s back in less time than an exponential.
    """
    if out.itemsize < 4 or not x.size:
        return True
    size = np.absolute(x, out=work("size", x.shape, out.dtype), dtype=out.dtype)
    return not np.minimum.reduce(size, axis=None) > LEAST[out.dtype.char]


def mish(x, out, work):
    """Write ``x tanh(log(1 + exp(x)))``.

    It is x n / (n + 2) with n = e (e + 2) and e = exp(x): no difference is in that, so
    that the tail, x exp(x), is accurate.
    """
    mish_parts(cut_to(x, -FAR, FAR_MISH, out, work), out, work)
    n = work("n", x.shape, out.dtype)
    np.add(n, 2, out=out)
    np.divide(n, out, out=out)
    np.multiply(out, cut_to(x, -FAR, None, out, work), out=out)


def mish_slope(x, out, work):
    """Write ``n / (n + 2) + 4 x e (1 + e) / (n + 2)^2``."""
    term = cut_to(x, -FAR, FAR_MISH, out, work)
    mish_parts(term, out, work)
    n = work("n", x.shape, out.dtype)
    np.multiply(term, out, out=term)
    np.add(out, 1, out=out)
    np.multiply(term, out, out=term)
    np.multiply(term, 4, out=term)  # 4 x e (1 + e)
    np.add(n, 2, out=out)
    np.divide(term, out, out=term)
    np.add(term, n, out=term)
    np.divide(term, out, out=out)


def mish_parts(x, out, work):
    """Write e = exp(x) into ``out`` and n = e (e + 2) into the scratch array "n"."""
    n = work("n", out.shape, out.dtype)
    np.exp(x, out=out)
    np.add(out, 2, out=n)
    np.multiply(n, out, out=n)


def within(write, arrays, low, high, out, work):
    """Call ``write(*arrays, out, work)``, of x, or x and y, with x between two bounds.

    A y above the upper one is cut too: there the curve has come to y = x.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        write(*arrays, out, work)
        if has_nan(out):
            x, *y = arrays
            y = [cut_to(each, None, high, out, work, "y") for each in y]
            write(cut_to(x, low, high, out, work), *y, out, work)


def odd(x, first, third, out):
    """Write ``first x + third x^3``."""
    np.multiply(x, x, out=out, dtype=out.dtype)
    np.multiply(out, third, out=out)
    np.add(out, first, out=out)
    np.multiply(out, x, out=out)


def cut_to(x, low, high, out, work, name="cut"):
    """Return x between two bounds, in the dtype of ``out``."""
    array = work(name, x.shape, out.dtype)
    cut(x, low, high, array, work)
    return array
