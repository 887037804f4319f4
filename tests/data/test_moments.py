"""Mean and variance, against fractions and against NumPy."""

import numpy as np
import pytest

from nnmods.data import moments as module
from nnmods.data.moments import moments


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize("trailing", [0, 1, 2])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_equals_numpy(monkeypatch, chunk, trailing, dtype):
    monkeypatch.setattr(module, "CHUNK", chunk)
    x = np.random.default_rng(0).integers(0, 256, (5, 3, 2, 4)).astype(dtype)
    axes = (0, *range(4 - trailing, 4))
    for array in (x, x[::-1, :, :, ::-1], np.asfortranarray(x)):
        mean, var = moments(array, trailing)
        assert mean.dtype == var.dtype == np.float64
        wide = array.astype(np.float64)
        np.testing.assert_allclose(mean, wide.mean(axes), rtol=1e-14)
        np.testing.assert_allclose(var, wide.var(axes), rtol=1e-13)


@pytest.mark.parametrize("constant", [0.1, 1e30, -1 / 3, 12345.678])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_is_exact(constant, dtype):
    x = np.full((1237, 3), constant, dtype)
    mean, var = moments(x)
    assert (mean == x[0]).all() and (var == 0).all()


def test_small_spread_around_a_large_mean():
    x = 1e9 + np.array([[0.0], [1.0], [2.0], [3.0]])
    mean, var = moments(x)
    assert mean == 1e9 + 1.5 and var == 1.25


def test_not_finite():
    mean, var = moments(np.array([[np.nan, np.inf, 1.0], [0.0, np.inf, 3.0]]))
    assert np.isfinite(mean).tolist() == [False, False, True]
    assert mean[2] == 2 and var[2] == 1


def test_one_number_per_sample():
    mean, var = moments(np.array([1.0, 3.0]))
    assert mean.shape == var.shape == () and mean == 2 and var == 1
