"""Products: the same in any number of lanes, memory order and dtype."""

import numpy as np
import pytest

from nnmods.kernels import products
from nnmods.kernels.products import add_column_sums, add_product, column_sums, product

EACH_NUMBER_OF_LANES = pytest.mark.parametrize("lanes", [1, 2, 3])


@pytest.fixture
def in_lanes(lanes, monkeypatch):
    monkeypatch.setattr(products, "lanes_for", lambda bytes_moved=0, products=0: lanes)


def matrices(M, K, N, dtype=np.float64):
    rng = np.random.default_rng(0)
    a, b, bias = (rng.standard_normal(shape) for shape in ((M, K), (K, N), N))
    return a.astype(dtype), b.astype(dtype), bias.astype(dtype)


@EACH_NUMBER_OF_LANES
@pytest.mark.parametrize("shape", [(3, 4, 5), (200, 7, 65), (65, 7, 200), (0, 4, 2)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("with_bias", [False, True])
def test_product(in_lanes, shape, order, with_bias):
    a, b, bias = matrices(*shape)
    wanted = a @ b + (bias if with_bias else 0)
    bias = bias if with_bias else None
    for x in (a, np.asfortranarray(a), np.repeat(a, 2, axis=1)[:, ::2]):
        out = np.empty(wanted.shape, order=order)
        assert product(x, b, out, bias) is out
        np.testing.assert_allclose(out, wanted, rtol=1e-13, atol=1e-13)


@EACH_NUMBER_OF_LANES
def test_leading_axes_are_rows(in_lanes):
    a, b, bias = matrices(60, 7, 9)
    a = a.reshape(3, 20, 7)
    for x in (a, a.swapaxes(0, 1).copy().swapaxes(0, 1)):
        got = product(x, b, np.empty((3, 20, 9)), bias)
        np.testing.assert_allclose(got, a @ b + bias, rtol=1e-13, atol=1e-13)
    got = product(a[0, 0], b, np.empty(9), bias)
    np.testing.assert_allclose(got, a[0, 0] @ b + bias, rtol=1e-13, atol=1e-13)


@EACH_NUMBER_OF_LANES
def test_several_dtypes(in_lanes):
    a, b, _ = matrices(130, 8, 140, np.float32)
    out = product(a.astype(np.float64), b, np.empty((130, 140)))
    np.testing.assert_allclose(out, a.astype(np.float64) @ b, rtol=1e-13)


@EACH_NUMBER_OF_LANES
@pytest.mark.parametrize("scale", [1.0, -0.5])
@pytest.mark.parametrize("shape", [(3, 4, 5), (1300, 6, 10), (0, 4, 2), (5, 0, 2)])
def test_add_product(in_lanes, shape, scale):
    a, b, _ = matrices(*shape)
    out = np.ones((shape[0], shape[2]))
    add_product(a, b, scale, out)
    np.testing.assert_allclose(out, 1 + scale * (a @ b), rtol=1e-12, atol=1e-13)


@EACH_NUMBER_OF_LANES
def test_the_same_bits_in_each_call(in_lanes):
    a, b, bias = matrices(300, 70, 301, np.float32)
    first, again = (product(a, b, np.empty((300, 301), "f"), bias) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_column_sums():
    a, _, _ = matrices(6, 4, 1)
    for x in (a, np.asfortranarray(a), np.repeat(a, 2, axis=1)[:, ::2]):
        np.testing.assert_allclose(column_sums(x, np.empty(4)), a.sum(axis=0), 1e-13)
        out = np.ones(4)
        add_column_sums(x, 0.5, out)
        np.testing.assert_allclose(out, 1 + a.sum(axis=0) / 2, rtol=1e-13)
