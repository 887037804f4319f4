"""Normalised groups of images in batch-last memory: the same numbers, in that order."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nnmods.kernels.layout import empty_batch_last, rolled
from nnmods.layers.normalization import GroupNorm, InstanceNorm

#: Places whose number has small divisors, a prime number of them, and one axis.
SHAPES = [(16, 6, 30, 24), (17, 6, 29, 23), (64, 6, 131)]
MODULES = [
    lambda: GroupNorm(2, 6, 0.1),
    lambda: GroupNorm(3, 6, affine=False),
    lambda: InstanceNorm(6, affine=True),
    lambda: InstanceNorm(6, track_running_stats=True),
]


def batch_last(x):
    copy = empty_batch_last(x.shape, x.dtype)
    copy[...] = x
    return copy


def swept(norm, x, dC_dy, rng):
    """Return what a sweep gives, with parameters that are not all alike."""
    for p in norm.parameters()[0]:
        p[...] = rng.uniform(0.5, 2, p.shape)
    y, dC_dx = norm(x), norm.backprop(x, dC_dy, scale=0.5).copy()
    running = [norm.running_var] if isinstance(norm, InstanceNorm) else []
    return [y, dC_dx, *norm.parameters()[1], *(a for a in running if a is not None)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("make", MODULES)
def test_batch_last_memory_changes_no_number(make, shape, rng):
    x, dC_dy = 3 + rng.standard_normal(shape), rng.standard_normal(shape)
    wanted = swept(make(), x, dC_dy, np.random.default_rng(1))
    norm = make()
    found = swept(norm, batch_last(x), batch_last(dC_dy), np.random.default_rng(1))
    for a, b in zip(wanted, found, strict=True):
        assert_allclose(b, a, rtol=1e-10, atol=1e-11)
    assert rolled(norm.y).flags.c_contiguous
    assert rolled(norm.dC_dx).flags.c_contiguous
    assert_allclose(norm.backward(batch_last(x), dC_dy), wanted[1], atol=1e-11)


@pytest.mark.parametrize("make", MODULES[:3])
@pytest.mark.parametrize("size", [1e-30, 0, 1e30])
def test_extremes_in_batch_last_memory(make, size, rng):
    x = batch_last((rng.standard_normal(SHAPES[0]) * size).astype(np.float32))
    dC_dy = batch_last(rng.standard_normal(x.shape).astype(np.float32))
    norm, wide = make().float(), make().double()
    assert_allclose(norm(x), wide(x.astype(np.float64)), rtol=1e-4, atol=1e-5)
    assert np.isfinite(norm.backprop(x, dC_dy)).all()


def test_nan_stays_in_its_group(rng):
    x = batch_last(rng.standard_normal(SHAPES[0]))
    x[1, 2, 3, 4] = np.nan
    norm, bad = GroupNorm(2, 6), np.zeros(x.shape, bool)
    bad[1, :3] = True
    assert (np.isnan(norm(x)) == bad).all()
    assert (np.isnan(norm.backprop(x, np.ones(x.shape))) == bad).all()
