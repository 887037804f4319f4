import numpy as np
import pytest
from memory import taken_again
from numpy.testing import assert_allclose, assert_array_equal

from kernels.arrays import LAYOUTS, in_layout
from nnmods.core.workspace import Workspace
from nnmods.kernels import phases
from nnmods.kernels.average_pooling import average_pool_backward, average_pool_forward
from nnmods.kernels.max_pooling import (
    max_pool_backward,
    max_pool_forward,
    max_pool_jvp,
)
from nnmods.kernels.windows import pool_output_size
from nnmods.kernels.winners import empty_winners

# size, kernel, stride, padding, dilation, ceil
GEOMETRIES = {
    "1d": ((7,), (2,), (2,), (0,), (1,), False),
    "1d, ceil": ((7,), (2,), (2,), (0,), (1,), True),
    "1d, overlap": ((9,), (4,), (1,), (2,), (1,), False),
    "1d, gaps": ((9,), (2,), (4,), (1,), (1,), True),
    "2d": ((4, 6), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "2d, ceil": ((5, 6), (3, 2), (2, 3), (1, 0), (1, 1), True),
    "2d, overlap": ((6, 5), (3, 3), (2, 1), (1, 1), (1, 1), False),
    "2d, one sided": ((5, 4), (2, 3), (1, 2), ((1, 0), (0, 2)), (1, 1), True),
    "2d, dilation": ((7, 8), (2, 3), (2, 1), (1, 2), (3, 2), True),
    "2d, all of it": ((3, 4), (3, 4), (1, 1), (0, 0), (1, 1), False),
    "3d": ((4, 3, 5), (2, 3, 2), (2, 1, 2), (0, 1, 1), (1, 1, 1), True),
    "3d, dilation": ((5, 4, 3), (2, 2, 2), (1, 2, 1), (1, 0, 1), (2, 1, 2), False),
}
UNDILATED = [name for name in GEOMETRIES if "dilation" not in name]


def window(o, size, kernel, stride, padding, dilation):
    """Yield the positions of window ``o`` that lie in the image, in row-major order."""
    before = [p if isinstance(p, int) else p[0] for p in padding]
    for k in np.ndindex(kernel):
        axes = zip(o, stride, before, k, dilation, strict=True)
        p = tuple(a * s - b + t * d for a, s, b, t, d in axes)
        if all(0 <= q < n for q, n in zip(p, size, strict=True)):
            yield p


def max_reference(x, dC_dy, geometry):
    """Return y and dC_dx, one window after the other."""
    y, dC_dx = np.empty_like(dC_dy), np.zeros_like(x)
    for n, c, *o in np.ndindex(dC_dy.shape):
        best = largest = None
        for p in window(o, *geometry[:5]):
            value = x[(n, c, *p)]
            first_nan = np.isnan(value) and not (best and np.isnan(largest))
            if best is None or value > largest or first_nan:
                best, largest = p, value
        y[(n, c, *o)] = largest
        dC_dx[(n, c, *best)] += dC_dy[(n, c, *o)]
    return y, dC_dx


def average_reference(x, dC_dy, geometry, count_include_pad):
    """Return y and dC_dx, one window after the other."""
    size, kernel, stride, padding, dilation, _ = geometry
    y, dC_dx = np.empty_like(dC_dy), np.zeros_like(x)
    for n, c, *o in np.ndindex(dC_dy.shape):
        inside = list(window(o, *geometry[:5]))
        count = len(inside)
        if count_include_pad:
            count = 1
            for a, s, k, p, length in zip(
                o, stride, kernel, padding, size, strict=True
            ):
                before, after = (p, p) if isinstance(p, int) else p
                count *= min(a * s + k, before + length + after) - a * s
        y[(n, c, *o)] = sum(x[(n, c, *p)] for p in inside) / count
        for p in inside:
            dC_dx[(n, c, *p)] += dC_dy[(n, c, *o)] / count
    return y, dC_dx


def problem(rng, geometry, N=5, C=3):
    count = pool_output_size(*geometry)
    return rng.standard_normal((N, C, *geometry[0])), rng.standard_normal(
        (N, C, *count)
    )


def max_pool(x, dC_dy, geometry, layout="C", work=None):
    work = Workspace() if work is None else work
    y, dC_dx = (in_layout(np.full_like(a, np.nan), layout) for a in (dC_dy, x))
    args = geometry[1:]
    winners = empty_winners(x.shape, *args, y.shape, work)
    assert max_pool_forward(x, *args, y, work, winners) is y
    assert max_pool_backward(winners, dC_dy, *args, dC_dx, work) is dC_dx
    without = in_layout(np.full_like(y, np.nan), layout)
    assert_array_equal(max_pool_forward(x, *args, without, work), y)
    return y, dC_dx


def average_pool(x, dC_dy, geometry, include, layout="C", work=None):
    work = Workspace() if work is None else work
    y, dC_dx = (in_layout(np.full_like(a, np.nan), layout) for a in (dC_dy, x))
    args = *geometry[1:4], geometry[5], include
    assert average_pool_forward(x, *args, y, work) is y
    assert average_pool_backward(dC_dy, x.shape, *args, dC_dx, work) is dC_dx
    return y, dC_dx


@pytest.fixture(params=[10**6, 200, 1], ids=["one", "some", "each channel"])
def blocks(request, monkeypatch):
    monkeypatch.setattr(phases, "BLOCK_SIZE", request.param)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", GEOMETRIES)
def test_max_equals_the_definition(name, layout, blocks, rng):
    x, dC_dy = problem(rng, GEOMETRIES[name])
    got = max_pool(in_layout(x, layout), dC_dy, GEOMETRIES[name], layout)
    for a, b in zip(got, max_reference(x, dC_dy, GEOMETRIES[name]), strict=True):
        assert_allclose(a, b, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", UNDILATED)
def test_average_equals_the_definition(name, layout, include, blocks, rng):
    x, dC_dy = problem(rng, GEOMETRIES[name])
    wanted = average_reference(x, dC_dy, GEOMETRIES[name], include)
    x, dC_dy = in_layout(x, layout), in_layout(dC_dy, layout)
    got = average_pool(x, dC_dy, GEOMETRIES[name], include, layout)
    for a, b in zip(got, wanted, strict=True):
        assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    y, dC_dx = got
    assert_allclose(np.vdot(x, dC_dx), np.vdot(y, dC_dy), rtol=1e-11)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_ties_go_to_the_first(name, rng):
    x, dC_dy = problem(rng, GEOMETRIES[name])
    x = rng.integers(0, 2, x.shape).astype(float)  # nearly every window has ties
    got = max_pool(x, dC_dy, GEOMETRIES[name])
    for a, b in zip(got, max_reference(x, dC_dy, GEOMETRIES[name]), strict=True):
        assert_allclose(a, b, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("N", [0, 1, 5])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_max_jvp_is_the_transpose_of_backward(name, N, layout, blocks, rng):
    geometry = GEOMETRIES[name]
    x, dC_dy = problem(rng, geometry, N)
    x = rng.integers(0, 3, x.shape).astype(float)
    x[1:][rng.random(x[1:].shape) < 0.2] = np.nan
    dx = rng.standard_normal(x.shape)
    work = Workspace()
    y, dC_dx = max_pool(x, dC_dy, geometry, work=work)
    dy, u = in_layout(np.full(y.shape, np.nan), layout), in_layout(dx, layout)
    winners = empty_winners(x.shape, *geometry[1:], y.shape, work)
    assert max_pool_jvp(winners, u, *geometry[1:], dy, work) is dy
    assert_allclose(np.vdot(dy, dC_dy), np.vdot(dx, dC_dx), rtol=1e-11)
    # Its entries are entries of dx, each from its own window.
    for n, c, *o in np.ndindex(dy.shape):
        inside = [dx[(n, c, *p)] for p in window(o, *geometry[:5])]
        assert dy[(n, c, *o)] in inside


def test_ties_by_hand():
    x = np.array([[[[1.0, 5, 5], [5, 2, 5], [0, 0, 0]]]])
    dC_dy = np.array([[[[1.0, 10], [100, 1000]]]])
    _, dC_dx = max_pool(x, dC_dy, ((3, 3), (2, 2), (1, 1), (0, 0), (1, 1), False))
    assert_array_equal(dC_dx, [[[[0, 11, 0], [100, 0, 1000], [0, 0, 0]]]])


@pytest.mark.parametrize("name", GEOMETRIES)
def test_nan_beats_all_and_the_first_takes_the_gradient(name, rng):
    x, dC_dy = problem(rng, GEOMETRIES[name])
    x[1:][rng.random(x[1:].shape) < 0.2] = np.nan
    x[rng.random(x.shape) < 0.2] = np.inf
    y, dC_dx = max_pool(x, dC_dy, GEOMETRIES[name])
    wanted_y, wanted_dC_dx = max_reference(x, dC_dy, GEOMETRIES[name])
    assert np.isnan(y).any() and not np.isnan(y).all()
    assert_array_equal(y, wanted_y)
    assert_allclose(dC_dx, wanted_dC_dx, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_padding_is_no_rival_of_minus_infinity(name, rng):
    x, dC_dy = problem(rng, GEOMETRIES[name])
    x[...] = -np.inf
    got = max_pool(x, dC_dy, GEOMETRIES[name])
    for a, b in zip(got, max_reference(x, dC_dy, GEOMETRIES[name]), strict=True):
        assert_allclose(a, b, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("stride", [1, 2])
def test_infinite_gradients_stay_where_they_are(dtype, stride):
    x = np.array([[[3, 1, 2, 4]]], dtype)
    geometry = ((4,), (2,), (stride,), (0,), (1,), False)
    dC_dy = np.ones((1, 1, *pool_output_size(*geometry)), dtype)
    dC_dy[0, 0, 0], dC_dy[0, 0, -1] = np.inf, np.nan
    _, dC_dx = max_pool(x, dC_dy, geometry)
    wanted = [np.inf, 0, 0, np.nan] if stride == 2 else [np.inf, 0, 1, np.nan]
    assert_array_equal(dC_dx, [[wanted]])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_workspace_serves_changing_shapes(layout, rng):
    work = Workspace()
    for name in [*UNDILATED, *reversed(UNDILATED)]:
        geometry = GEOMETRIES[name]
        x, dC_dy = problem(rng, geometry, N=2)
        for a, b in zip(
            max_pool(x, dC_dy, geometry, layout, work)
            + average_pool(x, dC_dy, geometry, False, layout, work)
            + average_pool(x, dC_dy, geometry, True, layout, work),
            max_reference(x, dC_dy, geometry)
            + average_reference(x, dC_dy, geometry, False)
            + average_reference(x, dC_dy, geometry, True),
            strict=True,
        ):
            assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("N", [0, 1])
@pytest.mark.parametrize("name", ["1d", "2d, ceil", "3d"])
def test_batches_of_none_and_one(name, N, rng):
    x, dC_dy = problem(rng, GEOMETRIES[name], N)
    got = max_pool(x, dC_dy, GEOMETRIES[name])
    got += average_pool(x, dC_dy, GEOMETRIES[name], False)
    wanted = max_reference(x, dC_dy, GEOMETRIES[name])
    wanted += average_reference(x, dC_dy, GEOMETRIES[name], False)
    for a, b in zip(got, wanted, strict=True):
        assert_allclose(a, b, rtol=1e-13, atol=1e-15)


def test_average_by_hand():
    x = np.array([[[2.0, 4, 6, 8, 10]]])
    dC_dy = np.array([[[12.0, 12, 12]]])
    # Windows -1..1, 1..3 and 3..5: the first and the last have a padded entry.
    y, dC_dx = average_pool(x, dC_dy, ((5,), (3,), (2,), (1,), (1,), False), True)
    assert_array_equal(y, [[[2, 6, 6]]])
    assert_array_equal(dC_dx, [[[4, 8, 4, 8, 4]]])
    y, dC_dx = average_pool(x, dC_dy, ((5,), (3,), (2,), (1,), (1,), False), False)
    assert_array_equal(y, [[[3, 6, 9]]])
    assert_array_equal(dC_dx, [[[6, 10, 4, 10, 6]]])


def test_a_window_over_the_padded_end_counts_what_it_has():
    x = np.array([[[2.0, 4, 6, 8, 10]]])
    y = np.empty((1, 1, 3))
    # 0..1, 2..3, and 4 alone
    average_pool_forward(x, (2,), (2,), (0,), True, True, y, Workspace())
    assert_array_equal(y, [[[3, 7, 10]]])
    # -1..2, 2..5 with two zeros counted at the ends, of which 6 is beyond the padding
    y = np.empty((1, 1, 3))
    average_pool_forward(x, (4,), (2,), (1,), True, True, y, Workspace())
    assert_array_equal(y, [[[3, 7, 6]]])


@pytest.mark.parametrize(
    "size, kernel, stride, padding, wanted",
    [
        (5, 2, 2, 0, 3),
        (5, 2, 2, 1, 3),  # the 4th window would start at 5, in the padding: left out
        (4, 2, 2, 1, 3),
        (5, 1, 3, 0, 2),
        (6, 1, 5, 0, 2),  # start 5 is inside; 10 is not
        (7, 1, 4, 0, 2),  # ceil(6 / 4) + 1 = 3, but the 3rd would start at 8
        (2, 3, 2, 0, 1),  # a kernel too long, hanging over
    ],
)
def test_size_in_ceil_mode(size, kernel, stride, padding, wanted):
    one = [(v,) for v in (size, kernel, stride, padding, 1)]
    assert pool_output_size(*one, ceil=True) == (wanted,)


def test_wrong_sizes_are_refused():
    x = np.zeros((2, 3, 4))
    args = (3,), (1,), (0,)
    with pytest.raises(ValueError, match=r"output has size \(3,\), expected \(2,\)"):
        max_pool_forward(x, *args, (1,), False, np.zeros((2, 3, 3)), Workspace())
    args = (6,), (1,), (0,)
    with pytest.raises(ValueError, match="kernel is larger than the padded input"):
        average_pool_forward(x, *args, False, True, np.zeros((2, 3, 0)), Workspace())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mixed_precision_is_computed_in_that_of_out(dtype, blocks, rng):
    geometry = GEOMETRIES["2d, overlap"]
    x, dC_dy = problem(rng, geometry)
    x = x.astype(np.float32)
    y, dC_dx = np.empty(dC_dy.shape, dtype), np.empty(x.shape)
    work = Workspace()
    winners = empty_winners(x.shape, *geometry[1:], y.shape, work)
    max_pool_forward(x, *geometry[1:], y, work, winners)
    max_pool_backward(winners, dC_dy, *geometry[1:], dC_dx, work)
    wanted_y, wanted_dC_dx = max_reference(x.astype(float), dC_dy, geometry)
    assert_array_equal(y, wanted_y)
    assert_allclose(dC_dx, wanted_dC_dx, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel, stride, padding", [(2, 2, 0), (3, 2, 1)])
def test_a_repeated_call_allocates_no_array(layout, kernel, stride, padding, rng):
    args = (kernel,) * 2, (stride,) * 2, (padding,) * 2
    geometry = ((20, 20), *args, (1, 1), True)
    x, dC_dy = problem(rng, geometry, N=16, C=8)
    x, dC_dy = (in_layout(a.astype(np.float32), layout) for a in (x, dC_dy))
    y, dC_dx, work = np.empty_like(dC_dy), np.empty_like(x), Workspace()
    dy = np.empty_like(y)

    def call():
        average_pool_forward(x, *args, True, True, y, work)
        average_pool_backward(dC_dy, x.shape, *args, True, True, dC_dx, work)
        winners = empty_winners(x.shape, *args, (1, 1), True, y.shape, work)
        max_pool_forward(x, *args, (1, 1), True, y, work, winners)
        max_pool_backward(winners, dC_dy, *args, (1, 1), True, dC_dx, work)
        max_pool_jvp(winners, dC_dx, *args, (1, 1), True, dy, work)

    assert taken_again(call) < 4096
