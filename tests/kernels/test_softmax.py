import math

import numpy as np
import pytest
from memory import taken_again
from numpy.testing import assert_allclose, assert_array_equal

from kernels.arrays import LAYOUTS, in_layout
from nnmods.core.workspace import Workspace
from nnmods.kernels.softmax import (
    log_softmax,
    log_softmax_backward,
    log_softmax_backward_from,
    softmax,
    softmax_backward,
)

BACKWARD = {log_softmax: log_softmax_backward, softmax: softmax_backward}
SHAPES = [((5,), 0), ((4, 3), 1), ((4, 3), 0), ((4, 3), -1), ((2, 3, 4, 5), 1)]


def reference(f, row):
    """Return the values and the Jacobian dy[i] / dx[j] for one row of floats."""
    total = sum(math.exp(v) for v in row)
    p = [math.exp(v) / total for v in row]
    K = range(len(row))
    if f is softmax:
        return p, [[p[i] * ((i == j) - p[j]) for j in K] for i in K]
    return [v - math.log(total) for v in row], [[(i == j) - p[j] for j in K] for i in K]


def each_row(axis, *arrays):
    """Yield the rows of the arrays along ``axis``, together."""
    ends = [np.moveaxis(array, axis, -1) for array in arrays]
    for index in np.ndindex(ends[0].shape[:-1]):
        yield [end[index] for end in ends]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape, axis", SHAPES)
@pytest.mark.parametrize("f", BACKWARD)
def test_equals_the_definition(f, shape, axis, layout, rng):
    x, dC_dy = (in_layout(rng.standard_normal(shape), layout) for _ in range(2))
    work = Workspace()
    y, dC_dx = (in_layout(np.full(shape, np.nan), layout) for _ in range(2))
    assert f(x, axis, y, work) is y
    assert BACKWARD[f](y, dC_dy, axis, dC_dx, work) is dC_dx
    for x_row, y_row, dy_row, dx_row in each_row(axis, x, y, dC_dy, dC_dx):
        values, jacobian = reference(f, x_row.tolist())
        assert_allclose(y_row, values, rtol=1e-13)
        wanted = [
            sum(jacobian[i][j] * g for i, g in enumerate(dy_row.tolist()))
            for j in range(len(values))
        ]
        assert_allclose(dx_row, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("f", BACKWARD)
def test_out_may_have_another_memory_order(f, rng):
    x = rng.standard_normal((2, 3, 4, 5))
    y = in_layout(np.zeros(x.shape), "batch-last")
    assert_array_equal(f(x, 1, y, Workspace()), f(x, 1, np.zeros(x.shape), Workspace()))


def run(f, x, dtype=np.float64):
    x = np.array(x, dtype)
    return f(x, -1, np.empty_like(x), Workspace())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_inputs(dtype):
    y = run(log_softmax, [[1e30, 1e30], [-1e30, 1e30], [-1e30, -1e30]], dtype)
    half = np.log(dtype(2))
    assert_array_equal(y, [[-half, -half], [dtype(-2e30), 0], [-half, -half]])
    assert y.dtype == dtype
    y = run(softmax, [[1e30, 1e30], [-1e30, 1e30], [-1e30, -1e30]], dtype)
    assert_array_equal(y, [[0.5, 0.5], [0, 1], [0.5, 0.5]])
    assert y.dtype == dtype


def test_differences_beyond_the_largest_float():
    assert_array_equal(run(log_softmax, [-1.7e308, 1.7e308]), [-np.inf, 0])
    assert_array_equal(run(softmax, [-1.7e308, 1.7e308]), [0, 1])


def test_minus_infinity_is_probability_zero():
    log_half = -math.log(2)
    y = run(log_softmax, [-np.inf, 3, 3])
    assert_allclose(y, [-np.inf, log_half, log_half], rtol=1e-15)
    assert_array_equal(run(softmax, [-np.inf, 3, 3]), [0, 0.5, 0.5])
    dC_dy = np.array([1.0, 2.0, 4.0])
    dC_dx = log_softmax_backward(y, dC_dy, -1, np.empty(3), Workspace())
    assert_allclose(dC_dx, [1, 2 - 3.5, 4 - 3.5], rtol=1e-15)


@pytest.mark.parametrize("bad", [[-np.inf, -np.inf], [np.inf, 0], [np.nan, 0]])
@pytest.mark.parametrize("f", BACKWARD)
def test_rows_without_an_answer_are_nan_and_leave_the_others_alone(f, bad):
    y = run(f, [bad, [3, 3]])
    assert np.isnan(y[0]).any()
    if bad != [np.inf, 0]:
        assert np.isnan(y[0]).all()
    assert_allclose(y[1], [0.5, 0.5] if f is softmax else [-math.log(2)] * 2)
    dC_dx = BACKWARD[f](y, np.ones((2, 2)), -1, np.empty((2, 2)), Workspace())
    assert np.isnan(dC_dx[0]).all()
    assert_allclose(dC_dx[1], 0, atol=1e-15)


@pytest.mark.parametrize("f", BACKWARD)
def test_empty_batch(f):
    work, x = Workspace(), np.empty((0, 3))
    assert f(x, 1, np.empty((0, 3)), work).shape == (0, 3)
    assert BACKWARD[f](x, x, 1, np.empty((0, 3)), work).shape == (0, 3)


@pytest.mark.parametrize("layout", ["C", "batch-last"])
@pytest.mark.parametrize("shape", [(40000, 10), (32, 10, 40, 40)])
@pytest.mark.parametrize("f", BACKWARD)
def test_a_repeated_call_allocates_no_array(f, shape, layout, rng):
    x, dC_dy = (in_layout(rng.standard_normal(shape), layout) for _ in range(2))
    y, dC_dx, work = np.empty_like(x), np.empty_like(x), Workspace()

    def call():
        f(x, 1, y, work)
        BACKWARD[f](y, dC_dy, 1, dC_dx, work)

    # Broadcasting takes NumPy's own buffers, 8192 entries for each of three operands.
    assert taken_again(call) < 3 * 8192 * 8 + 4096 < x.nbytes / 10


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape, axis", [((300, 500), 1), ((3, 7, 90, 80), 1)])
@pytest.mark.parametrize("scale, shift", [(1, 0), (100, 0), (1, -90), (1, 40)])
@pytest.mark.parametrize("f", BACKWARD)
def test_long_arrays_and_large_scores(f, scale, shift, shape, axis, layout, rng):
    x = (scale * rng.standard_normal(shape) + shift).astype(np.float32)
    dC_dy = rng.standard_normal(shape, np.float32)
    wide = [a.astype(float) for a in (x, dC_dy)]
    wanted = f(wide[0], axis, np.empty(shape), Workspace())
    wanted_dx = BACKWARD[f](wanted, wide[1], axis, np.empty(shape), Workspace())
    y, dC_dx = (in_layout(np.empty(shape, np.float32), layout) for _ in range(2))
    f(in_layout(x, layout), axis, y, Workspace())
    BACKWARD[f](y, in_layout(dC_dy, layout), axis, dC_dx, Workspace())
    scores = 1 + abs(wide[0]).max()
    atol = 5e-7 if f is log_softmax else 1e-30
    assert_allclose(y, wanted, rtol=2e-6 * scores, atol=atol)
    assert_allclose(dC_dx, wanted_dx, rtol=1e-4, atol=1e-5)
    if f is log_softmax:
        assert y.max() <= 0


def test_one_row_longer_than_a_block(rng):
    x = rng.standard_normal(300_000, np.float32)
    assert_allclose(softmax(x, 0, np.empty_like(x), Workspace()).sum(), 1, rtol=1e-5)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape, axis", [((4, 5), 1), ((300, 500), 1), ((3, 7, 90), 1)])
@pytest.mark.parametrize("scale, shift", [(1, 0), (100, 0), (1, -90), (1, -3), (1, 40)])
def test_kept_exponentials_are_those_of_y(scale, shift, shape, axis, layout, rng):
    x = (scale * rng.standard_normal(shape) + shift).astype(np.float32)
    wide = x.astype(float)
    wanted_y = log_softmax(wide, axis, np.empty(shape), Workspace())
    wanted = np.exp(wanted_y)
    x, exps, y, dC_dx = (in_layout(a, layout) for a in (x, x, x, x))
    factors = np.empty(shape[:1] + (1,) + shape[2:], np.float32)
    log_softmax(x, axis, y, Workspace(), (exps, factors))
    assert_allclose(y, wanted_y, rtol=2e-6 * (1 + abs(wide).max()), atol=5e-7)
    assert_allclose(
        exps * factors, wanted, rtol=1e-6 * (1 + abs(wide).max()), atol=1e-36
    )
    dC_dy = in_layout(rng.standard_normal(shape).astype(np.float32), layout)
    log_softmax_backward_from((exps, factors), dC_dy, axis, dC_dx, Workspace())
    wanted = dC_dy - wanted * dC_dy.astype(float).sum(axis=axis, keepdims=True)
    assert_allclose(dC_dx, wanted, rtol=1e-5, atol=1e-5)
