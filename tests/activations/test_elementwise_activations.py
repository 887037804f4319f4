"""What all elementwise activations have in common."""

import tracemalloc

import numpy as np
import pytest

from nnmods.activations import LogSigmoid, ScaledTanh, Sigmoid, SoftPlus, Tanh
from nnmods.testing import check_module

MAKERS = {
    "LogSigmoid": LogSigmoid,
    "ScaledTanh": ScaledTanh,
    "ScaledTanh twisted": lambda: ScaledTanh(1.5, 0.5, twist=0.25),
    "Sigmoid": Sigmoid,
    "SoftPlus": SoftPlus,
    "SoftPlus beta": lambda: SoftPlus(beta=2.5),
    "Tanh": Tanh,
}
EACH = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@EACH
def test_contract(make):
    x = np.linspace(-3, 3, 24).reshape(4, 3, 2)  # 0 is not among them
    check_module(make(), x)


@EACH
def test_nan_stays_nan_and_alone(make):
    module = make()
    x = np.array([0.5, np.nan, -0.5])
    y = module.forward(x)
    np.testing.assert_array_equal(np.isnan(y), [False, True, False])
    dC_dx = module.backward(x, np.ones(3))
    np.testing.assert_array_equal(np.isnan(dC_dx), [False, True, False])


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_derivative_at_the_ends_is_that_of_the_flat_or_linear_part(make, dtype):
    module = make()
    x = np.array([-np.inf, -1e30, 1e30, np.inf], dtype)
    module.forward(x)
    low, high = {
        "LogSigmoid": (1, 0),
        "ScaledTanh": (0, 0),
        "Sigmoid": (0, 0),
        "SoftPlus": (0, 1),
        "Tanh": (0, 0),
    }[type(module).__name__]
    twist = getattr(module, "twist", 0.0)
    wanted = np.array([low, low, high, high]) + twist
    np.testing.assert_array_equal(module.backward(x, np.ones(4, dtype)), wanted)


@EACH
@pytest.mark.parametrize("kind", ["bool", "int8", "uint8", "int64"])
def test_integers_are_computed_in_the_dtype_of_the_module(make, kind):
    x = np.array([1, 0, 1, 1]) if kind == "bool" else np.array([3, 0, 100, 127])
    wanted = make()(x.astype(np.float64))
    got = make()(x.astype(kind))
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, wanted, rtol=1e-15)


@EACH
def test_lowest_integer_does_not_wrap(make):
    np.testing.assert_allclose(
        make()(np.array([-128], np.int8)), make()(np.array([-128.0])), rtol=1e-15
    )


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(make, dtype):
    module, x = make(), np.linspace(-30, 30, 20_000, dtype=dtype).reshape(100, 200)
    dC_dy = np.ones_like(x)

    def work():
        module.forward(x)
        module.backward(x, dC_dy)
        module.jvp(x, dC_dy)

    work()
    tracemalloc.start()
    try:
        work()
        base, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        work()
        assert tracemalloc.get_traced_memory()[1] - base < 4096
    finally:
        tracemalloc.stop()


@EACH
def test_errors(make):
    module = make()
    with pytest.raises(TypeError, match=r"x is a list of 2, expected an array"):
        module.forward([1.0, 2.0])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(3,\)"):
        module.backward(np.ones(3), np.ones(2))
