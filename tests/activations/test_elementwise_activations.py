"""What all elementwise activations have in common."""

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn
from nnmods.testing import check_module

INF = np.inf
#: Of each module: how to make it, y at -inf and inf, dy/dx at -1e30 and 1e30.
TABLE = {
    "Abs": (nn.Abs, (INF, INF), (-1, 1)),
    "AddConstant": (lambda: nn.AddConstant(1.5), (-INF, INF), (1, 1)),
    "CELU": (lambda: nn.CELU(0.5), (-0.5, INF), (0, 1)),
    "Clamp": (lambda: nn.Clamp(-0.5, 0.75), (-0.5, 0.75), (0, 0)),
    "ELU": (nn.ELU, (-1, INF), (0, 1)),
    "ELU alpha": (lambda: nn.ELU(0.3), (-0.3, INF), (0, 1)),
    "GELU": (nn.GELU, (0, INF), (0, 1)),
    "GELU tanh": (lambda: nn.GELU("tanh"), (0, INF), (0, 1)),
    "HardShrink": (nn.HardShrink, (-INF, INF), (1, 1)),
    "HardSigmoid": (nn.HardSigmoid, (0, 1), (0, 0)),
    "HardTanh": (nn.HardTanh, (-1, 1), (0, 0)),
    "Hardswish": (nn.Hardswish, (0, INF), (0, 1)),
    "LeakyReLU": (lambda: nn.LeakyReLU(0.25), (-INF, INF), (0.25, 1)),
    "LeakyReLU 0": (lambda: nn.LeakyReLU(0), (0, INF), (0, 1)),
    "LeakyReLU 2": (lambda: nn.LeakyReLU(2), (-INF, INF), (2, 1)),
    "LeakyReLU falling": (lambda: nn.LeakyReLU(-0.5), (INF, INF), (-0.5, 1)),
    "LogSigmoid": (nn.LogSigmoid, (-INF, 0), (1, 0)),
    "Mish": (nn.Mish, (0, INF), (0, 1)),
    "MulConstant": (lambda: nn.MulConstant(-2), (INF, -INF), (-2, -2)),
    "PReLU": (nn.PReLU, (-INF, INF), (0.25, 1)),
    "RReLU": (lambda: nn.RReLU(0.5, 0.5), (-INF, INF), (0.5, 1)),
    "RReLU evaluated": (
        lambda: nn.RReLU(0.25, 0.5).evaluate(),
        (-INF, INF),
        (0.375, 1),
    ),
    "ReLU6": (nn.ReLU6, (0, 6), (0, 0)),
    "SAdd": (lambda: nn.SAdd(1, negate=True), (INF, -INF), (-1, -1)),
    "SELU": (nn.SELU, (-nn.SELU.alpha * nn.SELU.scale, INF), (0, nn.SELU.scale)),
    "ScaledTanh": (nn.ScaledTanh, (-1.7159, 1.7159), (0, 0)),
    "ScaledTanh twisted": (
        lambda: nn.ScaledTanh(1.5, 0.5, twist=0.25),
        (-INF, INF),
        (0.25, 0.25),
    ),
    "SiLU": (nn.SiLU, (0, INF), (0, 1)),
    "Sigmoid": (nn.Sigmoid, (0, 1), (0, 0)),
    "SoftPlus": (nn.SoftPlus, (0, INF), (0, 1)),
    "SoftPlus beta": (lambda: nn.SoftPlus(beta=2.5), (0, INF), (0, 1)),
    "SoftShrink": (nn.SoftShrink, (-INF, INF), (1, 1)),
    "SoftSign": (nn.SoftSign, (-1, 1), (0, 0)),
    "Tanh": (nn.Tanh, (-1, 1), (0, 0)),
    "TanhShrink": (nn.TanhShrink, (-INF, INF), (1, 1)),
    "Threshold": (nn.Threshold, (0, INF), (0, 1)),
    "Threshold below": (lambda: nn.Threshold(0.5, -1), (-1, INF), (0, 1)),
}
MAKERS = {name: row[0] for name, row in TABLE.items()}
#: Those that leave the finite numbers, or the real ones, at a finite x.
QUIET = {
    "Exp": nn.Exp,
    "Log": nn.Log,
    "Power": lambda: nn.Power(3),
    "Power 0": lambda: nn.Power(0),
    "Power 1/2": lambda: nn.Power(0.5),
    "Power -1": lambda: nn.Power(-1),
    "Sqrt": nn.Sqrt,
    "Square": nn.Square,
}
#: Constants are their derivatives, of NaN too.
CONSTANT = {"AddConstant", "MulConstant", "SAdd"}
ROWS = pytest.mark.parametrize("make, ends, slopes", TABLE.values(), ids=TABLE)
EACH = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@EACH
def test_contract(make):
    x = np.linspace(-3.1, 3.3, 24).reshape(4, 3, 2)  # no kink is among them
    check_module(make(), x, single=True, empty=True, independent=False)


@pytest.mark.parametrize("name", MAKERS)
def test_nan_stays_nan_and_alone(name):
    module = MAKERS[name]()
    x = np.array([0.6, np.nan, -0.6])
    y = module.forward(x)
    np.testing.assert_array_equal(np.isnan(y), [False, True, False])
    dC_dx = module.backward(x, np.ones(3))
    np.testing.assert_array_equal(np.isnan(dC_dx), [False, name not in CONSTANT, False])


@ROWS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_value_and_derivative_at_the_ends(make, ends, slopes, dtype):
    module = make().astype(dtype)
    x = np.array([-np.inf, -1e30, 1e30, np.inf], dtype)
    y = module.forward(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y[[0, -1]], ends, rtol=1e-7)
    wanted, one = np.repeat(slopes, 2).astype(dtype), np.ones(4, dtype)
    np.testing.assert_allclose(module.backward(x, one), wanted, rtol=0, atol=1e-50)
    np.testing.assert_allclose(module.jvp(x, one), wanted, rtol=0, atol=1e-50)


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiny_and_huge_numbers_give_finite_ones(make, dtype):
    module, tiny = make().astype(dtype), np.finfo(dtype).smallest_subnormal
    x = np.array([-1e30, -tiny, -0.0, 0.0, tiny, 1e30], dtype)
    assert np.isfinite(module.forward(x)).all()
    assert np.isfinite(module.backward(x, np.ones(6, dtype))).all()


@pytest.mark.parametrize("make", QUIET.values(), ids=QUIET)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_warning_where_a_function_overflows_or_ends(make, dtype):
    module, tiny = make(), np.finfo(dtype).smallest_subnormal
    x = [-np.inf, -1e30, -1, -tiny, -0.0, 0, tiny, 1e30, np.inf, np.nan]
    x = np.array(x, dtype)
    for dC_dy in (np.ones_like(x), np.zeros_like(x)):
        assert module.forward(x).dtype == dtype
        module.backward(x, dC_dy)
        module.jvp(x, dC_dy)


@EACH
@pytest.mark.parametrize("kind", ["bool", "int8", "uint8", "int64"])
def test_integers_are_computed_in_the_dtype_of_the_module(make, kind):
    x = np.array([1, 0, 1, 1]) if kind == "bool" else np.array([3, 0, 100, 127])
    module = make()
    wanted = module(x.astype(np.float64))
    slopes = module.backward(x.astype(np.float64), np.ones(4)).copy()
    got = module(x.astype(kind))
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, wanted, rtol=1e-15)
    dC_dx = module.backward(module._x, np.ones(4))
    np.testing.assert_allclose(dC_dx, slopes, rtol=1e-15)


@EACH
def test_lowest_integer_does_not_wrap(make):
    np.testing.assert_allclose(
        make()(np.array([-128], np.int8)), make()(np.array([-128.0])), rtol=1e-15
    )


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(make, dtype):
    module = make().astype(dtype)
    x = np.linspace(-30, 30, 20_000, dtype=dtype).reshape(100, 200)
    dC_dy = np.ones_like(x)

    def work():
        module.forward(x)
        module.backward(x, dC_dy)
        module.jvp(x, dC_dy)

    # A comparison written into floats takes a buffer of NumPy's: 8192 booleans.
    assert taken_again(work) < 4096 + 8192


@EACH
def test_errors(make):
    module = make()
    with pytest.raises(TypeError, match=r"x is a list of 2, expected an array"):
        module.forward([1.0, 2.0])
    x = np.ones(3)
    module.forward(x)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(3,\)"):
        module.backward(x, np.ones(2))
    with pytest.raises(ValueError, match=r"dx has shape \(2,\), expected \(3,\)"):
        module.jvp(x, np.ones(2))
