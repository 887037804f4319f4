"""Scaled sums of vectors, by BLAS and by NumPy alone."""

import numpy as np
import pytest
from memory import taken_again
from numpy.testing import assert_array_equal

from kernels.counting import UFUNCS, counted
from nnmods.kernels import axpby as kernel
from nnmods.kernels.axpby import axpby, number
from nnmods.kernels.blas import routine

by_blas = pytest.mark.skipif(
    routine("axpy", "d") is None, reason="threadpoolctl finds no OpenBLAS here"
)
LONG, SHORT = kernel.LEAST + 5, 7


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, ">f4", ">f8"])
@pytest.mark.parametrize("size", [0, 1, SHORT, kernel.LEAST - 1, LONG])
@pytest.mark.parametrize("beta", [1, 0.5, 0.0])
@pytest.mark.parametrize("alpha", [1, -0.25, 0.0])
def test_it_is_the_scaled_sum(alpha, beta, size, dtype, rng):
    x, y = rng.integers(-64, 65, (2, size)).astype(dtype)  # no rounding of these
    wanted = alpha * x + beta * y
    axpby(alpha, x, beta, y, np.empty_like(y))
    assert_array_equal(y, wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_by_blas_and_by_numpy_they_differ_by_rounding(dtype, rng, monkeypatch):
    x, y = rng.standard_normal((2, LONG)).astype(dtype)
    results = []
    for least in (0, LONG + 1):
        monkeypatch.setattr(kernel, "LEAST", least)
        result = y.copy()
        axpby(0.3, x, 0.7, result, np.empty_like(y))
        results.append(result)
    a, b = results
    terms = 0.3 * np.abs(x) + 0.7 * np.abs(y)  # each is rounded, and their sum
    assert (np.abs(a - b) <= 2 * np.finfo(dtype).eps * terms).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_a_vector_is_cut_does_not_matter(dtype, rng, monkeypatch):
    """At multiples of 64: BLAS takes what is left of these in a loop of its own."""
    monkeypatch.setattr(kernel, "LEAST", 0)
    x, y = rng.standard_normal((2, 4099)).astype(dtype)
    whole, scratch = y.copy(), np.empty_like(y)
    axpby(0.3, x, 0.7, whole, scratch)
    for cut in (64, 192, 2048, 4096):
        parts = y.copy()
        for part in (slice(0, cut), slice(cut, None)):
            axpby(0.3, x[part], 0.7, parts[part], scratch[part])
        assert_array_equal(parts, whole)


@by_blas
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("beta, ufuncs", [(1, {}), (0.5, {"multiply": 1})])
def test_long_vectors_are_added_without_ufuncs(beta, ufuncs, dtype):
    x, y = np.ones((2, LONG), dtype)
    with counted(*UFUNCS, "copyto") as calls:
        axpby(0.5, x, beta, y, np.empty_like(y))
    assert calls == ufuncs


@pytest.mark.parametrize("alpha, beta, ufuncs", [(2.0, 3.0, 3), (1, 3, 2), (1, 1, 1)])
def test_a_factor_of_1_takes_no_ufunc(alpha, beta, ufuncs):
    x, y = np.ones((2, SHORT))
    with counted(*UFUNCS) as calls:
        axpby(alpha, x, beta, y, np.empty_like(y))
    assert calls.total() == ufuncs


def test_numbers_are_what_they_are_made_of():
    x, y = np.ones((2, SHORT))
    axpby(number(0.5, "d"), x, number(0.25, "d"), y, np.empty_like(y))
    assert_array_equal(y, 0.75)


@pytest.mark.parametrize("what", ["read only", "apart", "mixed"])
def test_what_blas_cannot_take_numpy_adds(what):
    x, y = np.ones((2, 2 * LONG))[:, ::2]
    y = y.copy()
    if what != "apart":
        x = x.astype("f4" if what == "mixed" else "f8")
        x.flags.writeable = what != "read only"
    axpby(2.0, x, 3.0, y, np.empty_like(y))
    assert_array_equal(y, 5.0)


def test_nothing_is_allocated():
    x, y, scratch = np.ones((3, 1 << 20), np.float32)
    assert taken_again(lambda: axpby(0.5, x, 0.5, y, scratch)) < 4096
