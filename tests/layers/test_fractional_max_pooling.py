import numpy as np
import pytest
from numpy.testing import assert_array_equal

import nnmods as nn


def reference(x, u, count, kernel):
    """Return y and the positions of the maxima, by the definition, for axes H, W."""
    N, C, *size = x.shape
    y = np.empty((N, C, *count))
    winners = np.empty((N, C, *count, 2), int)
    for n, c in np.ndindex(N, C):
        starts = []
        for axis in range(2):
            sample = u[n, c, 1 - axis]  # width first
            alpha = (size[axis] - kernel[axis]) / (count[axis] - 1)
            row = [
                int((o + sample) * alpha) - int(sample * alpha)
                for o in range(count[axis] - 1)
            ]
            starts.append([*row, size[axis] - kernel[axis]])
        for i, j in np.ndindex(*count):
            a, b = starts[0][i], starts[1][j]
            window = x[n, c, a : a + kernel[0], b : b + kernel[1]]
            k = np.unravel_index(np.argmax(window), window.shape)
            y[n, c, i, j] = window[k]
            winners[n, c, i, j] = a + k[0], b + k[1]
    return y, winners


def test_equals_the_definition(rng):
    x = rng.integers(0, 30, (2, 3, 9, 8)).astype(float)
    pool = nn.SpatialFractionalMaxPooling(2, 3, 5, 4, rng=nn.Torch7Generator(3))
    y = pool.forward(x)
    u = nn.Torch7Generator(3).uniform(0, 1, (2, 3, 2))
    assert_array_equal(pool.random_samples, u)
    wanted, winners = reference(x, u, (4, 5), (3, 2))
    assert_array_equal(y, wanted)
    dC_dx = np.zeros(x.shape)
    dC_dy = rng.integers(-9, 9, y.shape).astype(float)
    for n, c, i, j in np.ndindex(y.shape):
        dC_dx[(n, c, *winners[n, c, i, j])] += dC_dy[n, c, i, j]
    assert_array_equal(pool.backward(x, dC_dy), dC_dx)


def test_one_window_is_the_last():
    x = np.arange(5.0).reshape(1, 5, 1).repeat(4, axis=2)
    assert_array_equal(nn.SpatialFractionalMaxPooling(2, 2, 2, 1)(x), [[[4, 4]]])


def test_regions_change_unless_they_are_fixed(rng):
    x = rng.standard_normal((2, 3, 20, 20))
    pool = nn.SpatialFractionalMaxPooling(2, 2, 0.7, 0.7, rng=0).evaluate()
    first = pool(x)
    assert first.shape == (2, 3, 14, 14)
    assert np.any(pool(x) != first)
    assert pool.fix_pooling_regions() is pool
    first = pool(x)
    assert_array_equal(pool(x), first)
    pool.forward(-x)
    y = pool.forward(x)
    dC_dx = pool.backward(x, y).copy()
    pool.forward(-x)
    assert_array_equal(pool.backward(x, first), dC_dx)  # found anew
    assert pool(x[:1]).shape == (1, 3, 14, 14)  # drawn anew: another batch
    assert np.any(pool.fix_pooling_regions(False)(x) != pool(x))


def test_gradients_need_the_regions_of_their_x(rng):
    x = rng.standard_normal((2, 3, 9, 9))
    pool = nn.SpatialFractionalMaxPooling(2, 2, 4, 4)
    with pytest.raises(RuntimeError, match="random_samples is None"):
        pool.backward(x, np.ones((2, 3, 4, 4)))
    y = pool(x)
    dC_dx = pool.backward(x, y).copy()
    assert_array_equal(pool.backward(x.copy(), y), dC_dx)
    for verb in (pool.backward, pool.jvp):
        with pytest.raises(RuntimeError, match="not that of the last forward"):
            verb(x + 1, y)


def test_sizes_by_keyword_are_in_the_order_of_the_axes(rng):
    x = rng.standard_normal((1, 2, 9, 12))
    one = nn.SpatialFractionalMaxPooling(2, 3, 5, 4, rng=0)
    other = nn.SpatialFractionalMaxPooling(
        kernel_size=(3, 2), output_size=(4, 5), rng=0
    )
    assert_array_equal(one(x), other(x))
    assert repr(one) == repr(other)
    assert repr(one) == "SpatialFractionalMaxPooling(3x2, output_size=(4, 5))"
    x = rng.standard_normal((1, 2, 7, 8, 9))
    pool = nn.VolumetricFractionalMaxPooling(2, 3, 4, 0.5, 0.4, 0.3)
    assert pool(x).shape == (1, 2, 2, 3, 4)
    assert "(4x3x2, output_ratio=(0.3, 0.4, 0.5))" in repr(pool)


@pytest.mark.parametrize(
    "args, keywords, error, message",
    [
        ((1, 2, 3, 3), {}, ValueError, "expected at least 2"),
        ((2, 2, 3, 0.5), {}, ValueError, "sizes of at least 1 or ratios"),
        ((2, 2, 0, 0), {}, ValueError, "sizes of at least 1 or ratios"),
        ((2, 2), {}, TypeError, "given 0 times"),
        ((2, 2, 3, 3), {"output_ratio": 0.5}, TypeError, "given 2 times"),
        ((2, 2), {"output_ratio": 2}, ValueError, "ratios between 0 and 1"),
        ((2, 2), {"output_size": 0.5}, ValueError, "sizes of at least 1"),
        ((2, 2, 2.5, 2.5), {}, TypeError, "output_size is"),
        ((2, 2), {"output_size": (2, 2, 2)}, ValueError, "has 3 entries"),
        ((), {"output_size": 2}, TypeError, "kernel_size is None"),
    ],
)
def test_wrong_arguments_are_refused(args, keywords, error, message):
    with pytest.raises(error, match=message):
        nn.SpatialFractionalMaxPooling(*args, **keywords)
