"""Second derivatives of the smooth curves of `curves` and `normal`, in their manner."""

import math

import numpy as np

from nnmods.activations.curves import (
    CUBIC,
    FAR,
    FAR_MISH,
    FAR_NORMAL,
    ROOT,
    cut_to,
    mish_parts,
    odd,
)


def sigmoid(y, out, work):
    """Write ``y (1 - y) (1 - 2 y)``, where y is the logistic function of x."""
    rest = work("rest", y.shape, out.dtype)
    np.subtract(1, y, out=out)
    np.subtract(out, y, out=rest)
    np.multiply(out, y, out=out)
    np.multiply(out, rest, out=out)


def tanh(y, factor, out):
    """Write ``factor y (1 - y^2)``, where y is the hyperbolic tangent of x."""
    np.square(y, out=out)
    np.subtract(1, out, out=out)
    np.multiply(out, y, out=out)
    np.multiply(out, factor, out=out)


def silu(x, out, work):
    """Write ``s' (2 - x tanh(x / 2))``, where s is the logistic function."""
    cut = cut_to(x, -FAR, FAR, out, work)
    factor = work("factor", x.shape, out.dtype)
    np.multiply(cut, 0.5, out=factor)
    np.tanh(factor, out=factor)
    np.multiply(factor, cut, out=factor)
    np.subtract(2, factor, out=factor)
    _step_slope(cut, out, work)
    np.multiply(out, factor, out=out)


def gelu(x, out, work):
    """Write ``(2 - x^2) phi(x)``, where phi is the density of the normal numbers."""
    square = cut_to(x, -FAR_NORMAL, FAR_NORMAL, out, work)
    np.square(square, out=square)
    np.multiply(square, -0.5, out=out)
    np.exp(out, out=out)
    np.multiply(out, 1 / math.sqrt(2 * math.pi), out=out)
    np.subtract(2, square, out=square)
    np.multiply(out, square, out=out)


def gelu_tanh(x, out, work):
    """Write ``s'(v) (2 v' + x v'' - x v'^2 tanh(v / 2))``, v = 2 u of `curves`."""
    cut = cut_to(x, -FAR_NORMAL, FAR_NORMAL, out, work)
    v = work("v", x.shape, out.dtype)
    factor = work("factor", x.shape, out.dtype)
    odd(cut, ROOT, ROOT * CUBIC, v)
    np.multiply(v, 0.5, out=factor)
    np.tanh(factor, out=factor)
    np.multiply(factor, cut, out=factor)
    np.multiply(cut, cut, out=cut)
    np.multiply(cut, 3 * ROOT * CUBIC, out=cut)
    np.add(cut, ROOT, out=cut)  # v'
    np.multiply(factor, cut, out=factor)
    np.multiply(factor, cut, out=factor)
    np.multiply(cut, 4, out=cut)
    np.subtract(cut, 2 * ROOT, out=cut)  # 2 v' + x v''
    np.subtract(cut, factor, out=factor)
    _step_slope(v, out, work)
    np.multiply(out, factor, out=out)


def mish(x, out, work):
    """Write ``4 e (2 + 2 e + x (2 + 2 e - 3 e^2 - 2 e^3) / d) / d^2``.

    Here e = exp(x) and d = n + 2 = e^2 + 2 e + 2.
    """
    cut = cut_to(x, -FAR, FAR_MISH, out, work)
    mish_parts(cut, out, work)
    d = work("n", x.shape, out.dtype)
    np.add(d, 2, out=d)
    factor = work("factor", x.shape, out.dtype)
    np.multiply(out, -2, out=factor)
    for coefficient in (-3, 2):
        np.add(factor, coefficient, out=factor)
        np.multiply(factor, out, out=factor)
    np.add(factor, 2, out=factor)
    np.divide(factor, d, out=factor)
    np.multiply(factor, cut, out=factor)
    np.multiply(out, 2, out=cut)
    np.add(factor, cut, out=factor)
    np.add(factor, 2, out=factor)
    np.multiply(out, 4, out=out)
    np.divide(out, d, out=out)
    np.divide(out, d, out=out)
    np.multiply(out, factor, out=out)


def _step_slope(x, out, work):
    """Write ``s (1 - s) = e / (1 + e)^2``, e = exp(-|x|): both tails are accurate."""
    divisor = work("divisor", x.shape, out.dtype)
    np.absolute(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=divisor)
    np.divide(out, divisor, out=out)
    np.divide(out, divisor, out=out)
