"""Products that BLAS adds to what is there."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.kernels import products, threads
from nnmods.kernels.gemm import add_gemm, has_gemm
from nnmods.kernels.products import add_product

M, K, N = 7, 5, 6

pytestmark = pytest.mark.skipif(
    not has_gemm(np.dtype(float)), reason="threadpoolctl finds no OpenBLAS here"
)


def laid_out(array, how):
    """Return the same numbers in other memory: rows or columns in one piece, apart."""
    if how == "rows apart":
        wide = np.full((len(array), array.shape[1] + 3), np.nan, array.dtype)
        wide[:, : array.shape[1]] = array
        return wide[:, : array.shape[1]]
    if how == "columns":
        return np.asfortranarray(array)
    return array.copy()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("of_a", ["rows", "rows apart", "columns"])
@pytest.mark.parametrize("of_b", ["rows", "rows apart", "columns"])
@pytest.mark.parametrize("of_out", ["rows", "rows apart"])
def test_it_is_the_product_added(dtype, of_a, of_b, of_out, rng):
    a, b = rng.integers(-8, 9, (M, K)), rng.integers(-8, 9, (K, N))
    before = rng.integers(-8, 9, (M, N)).astype(dtype)
    out = laid_out(before, of_out)
    done = add_gemm(
        laid_out(a.astype(dtype), of_a), laid_out(b.astype(dtype), of_b), 2, out
    )
    assert done
    assert_array_equal(out, before + 2 * (a @ b))


@pytest.mark.parametrize(
    "a, b, out",
    [
        (np.ones((M, K), "f2"), np.ones((K, N), "f2"), np.zeros((M, N), "f2")),
        (np.ones((M, K), "f4"), np.ones((K, N)), np.zeros((M, N))),
        (np.ones((M, K), ">f8"), np.ones((K, N), ">f8"), np.zeros((M, N), ">f8")),
        (np.ones((M, K)), np.ones((K, N)), np.zeros((M, N), order="F")),
        (np.ones((M, 2 * K))[:, ::2], np.ones((K, N)), np.zeros((M, N))),
        (np.ones((M, K))[::-1], np.ones((K, N)), np.zeros((M, N))),
        (np.broadcast_to(1.0, (M, K)), np.ones((K, N)), np.zeros((M, N))),
    ],
    ids=[
        "half",
        "mixed",
        "big-endian",
        "out by columns",
        "steps",
        "backwards",
        "one number",
    ],
)
def test_what_blas_cannot_take_is_left_alone(a, b, out):
    assert not add_gemm(a, b, 1.0, out)
    assert not out.any()


@pytest.mark.parametrize("shape", [(0, K, N), (M, 0, N), (M, K, 0)])
def test_nothing_to_add(shape):
    m, k, n = shape
    out = np.ones((m, n))
    add_gemm(np.ones((m, k)), np.ones((k, n)), 1.0, out)
    assert_array_equal(out, 1)


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("scale", [1.0, -0.5])
def test_large_products_are_added_so(lanes, scale, monkeypatch, rng):
    monkeypatch.setattr(threads, "LEAST_PRODUCTS", 2)
    a, b = rng.standard_normal((30, 150)).T, rng.standard_normal((30, 40))
    results = []
    for least in (1, 1 << 40):
        monkeypatch.setattr(products, "LEAST_ADDED", least)
        nn.set_num_threads(lanes)
        try:
            out = np.ones((150, 40))
            add_product(a, b, scale, out)
        finally:
            nn.set_num_threads()
        results.append(out)
    assert_allclose(*results, rtol=1e-12, atol=1e-12)
    assert_allclose(results[0], 1 + scale * (a @ b), rtol=1e-12, atol=1e-12)
