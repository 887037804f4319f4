"""GELU, SiLU, Mish, SoftSign: values from their definitions, and both tails."""

import math

import numpy as np
import pytest

import nnmods as nn


def phi(x):
    return math.erfc(-x / math.sqrt(2)) / 2


def gelu_tanh(x):
    u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return x / (1 + math.exp(-2 * u))


def gelu_tanh_slope(x):
    u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    s, rest = 1 / (1 + math.exp(-2 * u)), 1 / (1 + math.exp(2 * u))
    return s * (1 + x * rest * 2 * du)


def mish_slope(x):
    s, t = 1 / (1 + math.exp(-x)), math.tanh(math.log1p(math.exp(x)))
    return t + x * s / math.cosh(math.log1p(math.exp(x))) ** 2


def silu_slope(x):
    s, rest = 1 / (1 + math.exp(-x)), 1 / (1 + math.exp(x))
    return s * (1 + x * rest)


#: Of each module its value and its derivative.
FORMULAS = {
    "GELU": (
        nn.GELU,
        lambda x: x * phi(x),
        lambda x: phi(x) + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
    ),
    "GELU tanh": (lambda: nn.GELU("tanh"), gelu_tanh, gelu_tanh_slope),
    "Mish": (
        nn.Mish,
        lambda x: x * math.tanh(math.log1p(math.exp(x))),
        mish_slope,
    ),
    "SiLU": (nn.SiLU, lambda x: x / (1 + math.exp(-x)), silu_slope),
    "SoftSign": (
        nn.SoftSign,
        lambda x: x / (1 + abs(x)),
        lambda x: 1 / (1 + abs(x)) ** 2,
    ),
}
EACH = pytest.mark.parametrize("make, f, df", FORMULAS.values(), ids=FORMULAS)


@EACH
@pytest.mark.parametrize(
    "dtype, lowest, rtol", [(np.float64, -12, 1e-12), (np.float32, -9, 2e-5)]
)
def test_values_and_slopes_with_their_tails(make, f, df, dtype, lowest, rtol):
    x = np.linspace(lowest, 12, 301, dtype=dtype)
    module = make()
    y = module.forward(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, [f(float(v)) for v in x], rtol=rtol)
    dC_dx = module.backward(x, np.ones_like(x))
    wanted = np.array([df(float(v)) for v in x])
    crossing = np.abs(wanted) < 0.02 * (x > -2)  # where two terms cancel
    np.testing.assert_allclose(dC_dx[~crossing], wanted[~crossing], rtol=rtol)
    np.testing.assert_allclose(dC_dx, wanted, rtol=rtol, atol=rtol / 100)


def test_far_tail_of_gelu_in_float32():
    x = np.array([-13.0], np.float32)
    np.testing.assert_allclose(nn.GELU()(x), -13 * phi(-13), rtol=2e-2)  # subnormal
    assert nn.GELU()(np.array([-14.0], np.float32)) < 0


def test_accuracy_of_gelu_in_float32():
    """Against SciPy in float64; of long arrays, which are computed without it."""
    from scipy.special import ndtr

    x = np.linspace(-13, 13, 400_001, dtype=np.float32)
    module, z = nn.GELU(), x.astype(np.float64)
    y, dC_dx = module.forward(x), module.backward(x, np.ones_like(x))
    wanted = z * ndtr(z)
    error = np.abs(y - wanted) / np.abs(wanted).clip(1e-45)
    assert error[z >= -3].max() < 6e-7 and error.max() < 5e-6
    wanted = ndtr(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    error = np.abs(dC_dx - wanted)
    assert error.max() < 3e-7  # it has a zero, at -0.75
    assert (error / np.abs(wanted))[z < -1].max() < 5e-6
    tiny = np.float32([0.0, -0.0, 1e-30, -1e-38, 1e-45] * 2000)
    np.testing.assert_array_equal(nn.GELU().backward(tiny, np.ones_like(tiny)), 0.5)


def test_gelu_at_one_is_a_probability():
    y = nn.GELU()(np.array([-1.0, 1.0]))
    np.testing.assert_allclose(
        y, [-0.15865525393145705, 0.8413447460685429], rtol=1e-14
    )


def test_gelu_knows_its_forms():
    with pytest.raises(ValueError, match="GELU: approximate has value 'erf', expected"):
        nn.GELU("erf")
    assert repr(nn.GELU()) == "GELU()"
    assert repr(nn.GELU(approximate="tanh")) == "GELU(approximate='tanh')"


@pytest.mark.parametrize("name", ["GELU tanh", "SiLU"])
@pytest.mark.parametrize("dtype, lowest", [(np.float64, -12), (np.float32, -9)])
def test_slopes_do_not_depend_on_what_stands_beside(name, dtype, lowest):
    """A zero, or a number so small that y / x has few digits, takes another way."""
    make, _, df = FORMULAS[name]
    x = np.linspace(lowest, 12, 300, dtype=dtype)
    assert (x != 0).all()
    wanted = [df(float(v)) for v in x]
    rtol = 500 * np.finfo(dtype).eps
    for small in ([], [0.0], [-0.0, np.finfo(dtype).smallest_subnormal]):
        both = np.concatenate([x, np.array(small, dtype)])
        dC_dx = make().backward(both, np.ones_like(both))
        np.testing.assert_allclose(dC_dx[:300], wanted, rtol)
        np.testing.assert_array_equal(dC_dx[300:], 0.5)


@pytest.mark.parametrize("name", ["GELU tanh", "SiLU"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_slopes_of_small_numbers(name, dtype):
    make, _, _ = FORMULAS[name]
    x = np.geomspace(np.finfo(dtype).tiny, 1e-20, 50).astype(dtype)
    for numbers in (x, -x, x[8:], -x[8:]):  # y / x from 8 of the smallest on
        np.testing.assert_allclose(
            make().backward(numbers, np.ones_like(x[: len(numbers)])),
            0.5,
            rtol=2 * np.finfo(dtype).eps,
        )
