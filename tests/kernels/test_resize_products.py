import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kernels.test_resize import MAPS, matrix
from nnmods.core.workspace import Workspace
from nnmods.kernels import resize_along
from nnmods.kernels.resize_axes import apply_maps
from nnmods.kernels.resize_maps import corner_map, linear_map
from nnmods.kernels.resize_products import LEAST_SIZE, fits, multiply

LONG = {"several bands": corner_map(50, 99), "fewer": linear_map(99, 40, 99 / 40)}
SEVERAL = {
    name: m for name, m in (MAPS | LONG).items() if fits(m, 32, np.dtype(np.float64))
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("N", [32, 37, 1040])
@pytest.mark.parametrize("name", SEVERAL)
def test_bands_are_the_matrix(name, N, turned, rng):
    axis_map = SEVERAL[name].transpose if turned else SEVERAL[name]
    x = rng.standard_normal((2, axis_map.size, N))
    out = np.full((2, axis_map.count, N), np.nan)
    assert multiply(x, 1, axis_map, out) is out
    assert_allclose(out, matrix(axis_map) @ x, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", SEVERAL)
def test_what_is_not_finite_stays_where_it_is(name, turned, value, dtype, rng):
    axis_map = SEVERAL[name].transpose if turned else SEVERAL[name]
    full = matrix(axis_map)
    x = rng.standard_normal((32, 30, axis_map.size)).astype(dtype)
    with np.errstate(over="ignore"):
        x[5, 3, 1] = value
    y = np.empty((32, 30, axis_map.count), dtype)
    assert max(x.size, y.size) >= LEAST_SIZE
    apply_maps(x, (axis_map,), y, Workspace())
    touched = np.zeros(y.shape, bool)
    touched[5, 3] = full[:, 1] != 0
    if not np.isfinite(x[5, 3, 1]):
        assert_array_equal(np.isfinite(y), ~touched)
    x[5, 3, 1] = 0
    wanted = x.astype(float) @ full.T
    rounding = 8 * float(np.finfo(dtype).eps)
    assert_allclose(y[~touched], wanted[~touched], rtol=rounding, atol=rounding)


def test_products_are_taken_where_they_are_quicker(monkeypatch, rng):
    seen = []
    multiplied = resize_along.multiply
    monkeypatch.setattr(
        resize_along, "multiply", lambda *args: seen.append(args) or multiplied(*args)
    )
    for N, C, times in ((1, 2000, 0), (31, 20, 0), (32, 2, 0), (32, 20, 1)):
        x = rng.standard_normal((N, C, 5))
        apply_maps(x, (MAPS["corners"],), np.empty((N, C, 8)), Workspace())
        assert len(seen) == times
