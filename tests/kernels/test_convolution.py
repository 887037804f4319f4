import numpy as np
import pytest
from memory import taken_again
from numpy.testing import assert_allclose, assert_array_equal

from kernels.arrays import LAYOUTS, forget_chunks, in_layout
from nnmods.kernels import conv_chunks, conv_rows
from nnmods.kernels.conv_bias import add_bias
from nnmods.kernels.convolution import (
    channel_sum,
    conv_backward,
    conv_forward,
    conv_weight_grad,
)
from nnmods.kernels.layout import rolled
from nnmods.kernels.windows import output_size

# size, kernel, stride, padding, dilation
GEOMETRIES = {
    "1d": ((9,), (3,), (1,), (0,), (1,)),
    "1d, all": ((9,), (3,), (2,), (2,), (2,)),
    "1d, one sided": ((6,), (2,), (1,), ((0, 3),), (1,)),
    "2d": ((6, 5), (3, 2), (1, 1), (0, 0), (1, 1)),
    "2d, same": ((4, 5), (3, 3), (1, 1), (1, 1), (1, 1)),
    "2d, all": ((7, 8), (2, 3), (2, 1), (1, (2, 0)), (3, 2)),
    "2d, 1x1": ((3, 4), (1, 1), (1, 1), (0, 0), (1, 1)),
    "2d, 1x1 strided": ((5, 4), (1, 1), (2, 3), (0, 0), (1, 1)),
    "2d, 1x1 padded": ((2, 3), (1, 1), (1, 1), (1, 0), (1, 1)),
    "2d, whole image": ((4, 3), (4, 3), (1, 1), (0, 0), (1, 1)),
    "2d, part of a stride is left": ((6, 6), (3, 3), (2, 2), (0, 0), (1, 1)),
    "1d, one window and a rest": ((6,), (5,), (2,), (0,), (1,)),
    "3d": ((4, 3, 5), (2, 2, 3), (1, 1, 1), (0, 0, 0), (1, 1, 1)),
    "3d, all": ((4, 3, 5), (2, 1, 2), (1, 2, 2), (1, 0, (1, 2)), (2, 1, 3)),
}


def taps_of(x_shape, w_shape, y_shape, stride, padding, dilation):
    """Yield (n, c, o, i, k, p) for all products of the convolution, one by one."""
    before = [p if isinstance(p, int) else p[0] for p in padding]
    for n, c, *o in np.ndindex(y_shape):
        for i, *k in np.ndindex(w_shape[1:]):
            p = [
                a * s - b + t * d
                for a, s, b, t, d in zip(o, stride, before, k, dilation, strict=True)
            ]
            if all(0 <= q < size for q, size in zip(p, x_shape[2:], strict=True)):
                yield n, c, tuple(o), i, tuple(k), tuple(p)


def reference(x, weight, bias, dC_dy, geometry):
    """Return y, dC_dx, dC_dweight and dC_dbias by their definitions."""
    y, dC_dx, dC_dw = np.zeros_like(dC_dy), np.zeros_like(x), np.zeros_like(weight)
    for n, c, o, i, k, p in taps_of(x.shape, weight.shape, y.shape, *geometry):
        y[(n, c, *o)] += weight[(c, i, *k)] * x[(n, i, *p)]
        dC_dx[(n, i, *p)] += weight[(c, i, *k)] * dC_dy[(n, c, *o)]
        dC_dw[(c, i, *k)] += dC_dy[(n, c, *o)] * x[(n, i, *p)]
    dC_db = np.zeros_like(bias)
    for n, c, *o in np.ndindex(y.shape):
        y[(n, c, *o)] += bias[c]
        dC_db[c] += dC_dy[(n, c, *o)]
    return y, dC_dx, dC_dw, dC_db


def problem(rng, geometry, N=5, Ci=3, Co=4, dtype=np.float64):
    size, kernel, stride, padding, dilation = geometry
    count = output_size(*geometry)
    shapes = ((N, Ci, *size), (Co, Ci, *kernel), (Co,), (N, Co, *count))
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    return *arrays, (stride, padding, dilation)


def compute(x, weight, bias, dC_dy, geometry, layout="C", dtype=np.float64):
    """Return y, dC_dx, dC_dweight and dC_dbias by the kernels, from arrays of NaN."""

    def blank(like, layout=layout):
        return in_layout(np.full(like.shape, np.nan, dtype), layout)

    y, dC_dx, dC_db = blank(dC_dy), blank(x), blank(bias, "C")
    dC_dw = blank(weight, "C" if layout == "batch-last" else layout)
    assert conv_forward(x, weight, bias, *geometry, y) is y
    assert conv_backward(dC_dy, weight, x.shape, *geometry, dC_dx) is dC_dx
    assert conv_weight_grad(x, dC_dy, *geometry, dC_dw) is dC_dw
    assert channel_sum(dC_dy, dC_db) is dC_db
    return y, dC_dx, dC_dw, dC_db


@pytest.fixture(params=["one row", "rows", "one by one", "a piece of a row", "columns"])
def chunks(request, monkeypatch):
    """Cut even these small problems into many chunks, of rows or of one long row."""
    forget_chunks()
    by_row = request.param not in ("one row", "columns")
    monkeypatch.setattr(conv_rows, "LEAST_COLUMNS", 0 if by_row else 1 << 40)
    if request.param not in ("one row", "rows"):
        monkeypatch.setattr(conv_chunks, "CHUNK_BYTES", 1)
        monkeypatch.setattr(conv_chunks, "ROWS_BYTES", 1)
        most = {"one by one": 100, "a piece of a row": 3, "columns": 1}
        monkeypatch.setattr(conv_chunks, "MIN_COLUMNS", most[request.param])
    yield
    forget_chunks()


@pytest.mark.parametrize("name", GEOMETRIES)
def test_equals_the_definition(name, chunks, rng):
    args = problem(rng, GEOMETRIES[name])
    for got, wanted in zip(compute(*args), reference(*args), strict=True):
        assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("N", [0, 1, 5])
@pytest.mark.parametrize("name", ["1d, all", "2d", "2d, 1x1", "3d, all"])
def test_any_memory_order_and_batch_size(name, N, layout, rng):
    x, weight, bias, dC_dy, geometry = problem(rng, GEOMETRIES[name], N)
    wanted = reference(x, weight, bias, dC_dy, geometry)
    x, dC_dy = in_layout(x, layout), in_layout(dC_dy, layout)
    weight = in_layout(weight, layout)
    before = x.copy(), weight.copy(), dC_dy.copy()
    got = compute(x, weight, bias, dC_dy, geometry, layout)
    for a, b in zip(got, wanted, strict=True):
        assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    for a, b in zip((x, weight, dC_dy), before, strict=True):
        assert_array_equal(a, b)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_transposes_by_the_dot_test(name, rng):
    x, weight, bias, dC_dy, geometry = problem(rng, GEOMETRIES[name])
    y, dC_dx, dC_dw, _ = compute(x, weight, 0 * bias, dC_dy, geometry)
    assert_allclose(np.vdot(x, dC_dx), np.vdot(y, dC_dy), rtol=1e-11)
    assert_allclose(np.vdot(weight, dC_dw), np.vdot(y, dC_dy), rtol=1e-11)


def block_diagonal(weight):
    """Return the weight (Co, Ci, *K) of one group that has those of all, and zeros."""
    G, rows, columns, *kernel = weight.shape
    dense = np.zeros((G, rows, G, columns, *kernel), weight.dtype)
    dense[np.arange(G), :, np.arange(G)] = weight
    return dense.reshape(G * rows, G * columns, *kernel)


@pytest.mark.parametrize(
    "G, Ci, Co, layout",
    [
        (2, 6, 4, "C"),
        (3, 3, 3, "batch-last"),
        (3, 3, 6, "strided"),
        (3, 6, 3, "batch-last"),
    ],
)
@pytest.mark.parametrize("name", ["1d, all", "2d, all", "2d, 1x1", "3d"])
def test_groups_see_their_own_channels_only(name, G, Ci, Co, layout, chunks, rng):
    x, _, _, dC_dy, geometry = problem(rng, GEOMETRIES[name], 2, Ci, Co)
    weight = rng.standard_normal((G, Co // G, Ci // G, *GEOMETRIES[name][1]))
    bias = rng.standard_normal((G, Co // G))
    dense = block_diagonal(weight)
    wanted = list(reference(x, dense, bias.reshape(-1), dC_dy, geometry))
    parts = wanted[2].reshape(G, Co // G, G, Ci // G, *weight.shape[3:])
    wanted[2] = parts[np.arange(G), :, np.arange(G)]
    wanted[3] = wanted[3].reshape(bias.shape)
    x, dC_dy = in_layout(x, layout), in_layout(dC_dy, layout)
    weight = in_layout(weight, "strided" if layout == "strided" else "C")
    got = compute(x, weight, bias, dC_dy, geometry, layout)
    for a, b in zip(got, wanted, strict=True):
        assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["1d", "2d, 1x1"])
def test_groups_of_an_empty_batch(name, rng):
    x, _, _, dC_dy, geometry = problem(rng, GEOMETRIES[name], 0, 4, 6)
    weight = rng.standard_normal((2, 3, 2, *GEOMETRIES[name][1]))
    y, dC_dx, dC_dw, dC_db = compute(x, weight, np.ones((2, 3)), dC_dy, geometry)
    assert y.size == dC_dx.size == 0
    assert not dC_dw.any() and not dC_db.any()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_bias_is_added_to_the_channels(layout, rng):
    y, bias = rng.standard_normal((2, 3, 4, 5)), np.array([1.0, 10, 100])
    out = in_layout(y, layout)
    add_bias(rolled(out), bias)
    assert_array_equal(out, y + bias.reshape(3, 1, 1))


def test_without_bias(rng):
    x, weight, bias, dC_dy, geometry = problem(rng, GEOMETRIES["2d"])
    y = np.full(dC_dy.shape, np.nan)
    conv_forward(x, weight, None, *geometry, y)
    wanted, *_ = reference(x, weight, 0 * bias, dC_dy, geometry)
    assert_allclose(y, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_scratch_serves_changing_shapes(layout, rng):
    for name in [*GEOMETRIES, *reversed(GEOMETRIES)]:
        args = problem(rng, GEOMETRIES[name], N=2)
        got = compute(*args, layout=layout)
        for a, b in zip(got, reference(*args), strict=True):
            assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_other_precisions(dtype, rng):
    exact = problem(rng, GEOMETRIES["2d, all"])
    rounded = [a.astype(dtype) for a in exact[:4]]
    wanted = reference(*(a.astype(np.longdouble) for a in rounded), exact[4])
    got = compute(*rounded, exact[4], dtype=dtype)
    for a, b in zip(got, wanted, strict=True):
        assert a.dtype == dtype
        bound = 30 * np.finfo(dtype).eps * np.abs(b).max()
        assert_allclose(a, b, rtol=0, atol=bound)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_mixed_precision_is_computed_in_that_of_out(layout, rng):
    x, weight, bias, dC_dy, geometry = problem(rng, GEOMETRIES["2d"])
    x, bias, dC_dy = (a.astype(np.float32) for a in (x, bias, dC_dy))
    doubles = [a.astype(np.float64) for a in (x, weight, bias, dC_dy)]
    x, dC_dy = in_layout(x, layout), in_layout(dC_dy, layout)
    got = compute(x, weight, bias, dC_dy, geometry, layout)
    for a, b in zip(got, reference(*doubles, geometry), strict=True):
        assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_gradients_by_hand():
    x = np.array([[[1.0, 2.0, 3.0]]])
    weight = np.array([[[10.0, 1.0]]])
    dC_dy = np.array([[[1.0, -2.0]]])
    geometry = ((1,), (0,), (1,))
    y, dC_dx, dC_dw, dC_db = compute(x, weight, np.array([0.5]), dC_dy, geometry)
    assert_array_equal(y, [[[12.5, 23.5]]])  # 10 + 2, 20 + 3
    assert_array_equal(dC_dx, [[[10, -19, -2]]])  # 10, 1 - 20, -2
    assert_array_equal(dC_dw, [[[-3, -4]]])  # 1 - 4, 2 - 6
    assert_array_equal(dC_db, [-1])


def test_wrong_sizes_are_refused(rng):
    x, weight = np.zeros((2, 3, 4)), np.zeros((5, 3, 6))
    with pytest.raises(ValueError, match="kernel is larger than the padded input"):
        conv_forward(x, weight, None, (1,), (0,), (1,), np.zeros((2, 5, 0)))
    with pytest.raises(ValueError, match=r"output has size \(4,\), expected \(1,\)"):
        conv_forward(x, weight, None, (1,), (1,), (1,), np.zeros((2, 5, 4)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("padding", [(1, 1), (0, 0)])
@pytest.mark.parametrize("kernel", [(3, 3), (1, 1)])
def test_a_repeated_call_allocates_no_array(layout, padding, kernel, rng):
    geometry = ((20, 20), kernel, (1, 1), padding, (1, 1))
    args = problem(rng, geometry, N=16, Ci=8, Co=8, dtype=np.float32)
    x, weight, bias, dC_dy, steps = args
    x, dC_dy = in_layout(x, layout), in_layout(dC_dy, layout)
    y, dC_dx = np.empty_like(dC_dy), np.empty_like(x)
    dC_dw, dC_db = np.empty_like(weight), np.empty_like(bias)

    def call():
        conv_forward(x, weight, bias, *steps, y)
        conv_backward(dC_dy, weight, x.shape, *steps, dC_dx)
        conv_weight_grad(x, dC_dy, *steps, dC_dw)
        channel_sum(dC_dy, dC_db)

    assert taken_again(call) < 4096
