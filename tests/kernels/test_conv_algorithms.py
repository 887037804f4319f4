"""Every algorithm of convolution computes the same, and the rule picks among them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from kernels.arrays import LAYOUTS, forget_chunks, in_layout
from nnmods.kernels import (
    blas,
    conv_columns,
    conv_depthwise,
    conv_fourier,
    conv_rows,
    conv_tiles,
    conv_winograd,
    threads,
)
from nnmods.kernels.conv_choice import algorithm_for
from nnmods.kernels.convolution import conv_backward, conv_forward, conv_weight_grad
from nnmods.kernels.layout import empty_batch_last
from nnmods.kernels.windows import output_size

# N, size, kernel, stride, padding, dilation; padding may crop
GEOMETRIES = {
    "2d": (5, (9, 7), (3, 3), (1, 1), ((1, 1), (0, 2)), (1, 1)),
    "2d, 3x5 dilated": (3, (14, 15), (3, 5), (1, 1), ((1, 1), (2, 1)), (2, 1)),
    "2d, 1x3": (3, (4, 9), (1, 3), (1, 1), ((0, 0), (1, 1)), (1, 1)),
    "2d, cropped": (2, (8, 8), (3, 3), (1, 1), ((-1, 1), (1, -2)), (1, 1)),
    "2d, whole tiles": (2, (8, 8), (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1)),
    "2d, more samples than columns": (
        300,
        (4, 4),
        (3, 3),
        (1, 1),
        ((1, 1),) * 2,
        (1, 1),
    ),
    "1d dilated": (7, (21,), (5,), (1,), ((2, 2),), (3,)),
    "3d": (2, (5, 6, 7), (3, 1, 3), (1, 1, 1), ((1, 1), (0, 0), (1, 0)), (1, 1, 2)),
    "large kernel": (2, (17, 15), (11, 13), (1, 1), ((5, 5), (6, 0)), (1, 1)),
    "empty": (0, (9, 7), (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1)),
}
STRIDED = {
    "2d stride 2": (3, (11, 12), (3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1)),
    "1d stride 3, dilated": (3, (25,), (4,), (3,), ((3, 0),), (2,)),
    "2d, more rows than a block": (
        2,
        (21, 4),
        (3, 1),
        (1, 1),
        ((1, 1), (0, 0)),
        (1, 1),
    ),
}
ONE_IMAGE = {
    "3x3": (1, (9, 7), (3, 3), (1, 1), ((1, 1), (0, 2)), (1, 1)),
    "3x5": (1, (14, 15), (3, 5), (1, 1), ((1, 1), (2, 1)), (1, 1)),
    "dilated": (1, (14, 15), (3, 5), (1, 1), ((1, 1), (2, 1)), (2, 1)),
    "cropped": (1, (8, 8), (3, 3), (1, 1), ((-1, 1), (1, -2)), (1, 1)),
    "whole tiles": (1, (8, 12), (5, 5), (1, 1), ((2, 2), (2, 2)), (1, 1)),
    "whole tiles, no border": (1, (10, 14), (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1)),
    "several chunks": (1, (50, 3), (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1)),
}
STRIDE_ONE = [
    (algorithm, name)
    for algorithm in (conv_winograd, conv_fourier)
    for name in GEOMETRIES
    if algorithm is conv_fourier or name != "large kernel"
]


@pytest.fixture(params=[(1, 0), (2, 0), (3, 0), (2, 1 << 40)], ids=str)
def lanes(request, monkeypatch):
    """Share even the least work among so many lanes, by rows from so many columns."""
    lanes, least_columns = request.param
    if lanes > 1 and blas.libraries() is None:
        pytest.skip("threadpoolctl controls no BLAS here")
    forget_chunks()
    monkeypatch.setattr(conv_rows, "LEAST_COLUMNS", least_columns)
    monkeypatch.setattr(threads, "LEAST_BYTES", 2)
    monkeypatch.setattr(threads, "LEAST_PRODUCTS", 2)
    nn.set_num_threads(lanes)
    yield
    nn.set_num_threads()
    forget_chunks()


def problem(rng, geometry, groups=None, Ci=3, Co=4, dtype=np.float64, layout="C"):
    N, size, kernel, *steps = geometry
    count = output_size(size, kernel, *steps)
    lead = (Co, Ci)
    if groups:
        lead, Ci, Co = (groups, Co, Ci), groups * Ci, groups * Co
    x, dC_dy = (
        in_layout(rng.standard_normal(shape).astype(dtype), layout)
        for shape in ((N, Ci, *size), (N, Co, *count))
    )
    weight = rng.standard_normal((*lead, *kernel)).astype(dtype)
    bias = rng.standard_normal(lead[:-1]).astype(dtype)
    return x, weight, bias, dC_dy, steps


def both(algorithm, x, weight, bias, dC_dy, steps):
    """Return y and dC_dweight, written over NaN."""
    y, dC_dw = np.full_like(dC_dy, np.nan), np.full_like(weight, np.nan)
    algorithm.forward(x, weight, bias, *steps, y)
    algorithm.weight_grad(x, dC_dy, *steps, dC_dw)
    return y, dC_dw


def assert_equal_results(algorithm, args):
    for got, wanted in zip(
        both(algorithm, *args), both(conv_columns, *args), strict=True
    ):
        assert_allclose(
            got, wanted, rtol=0, atol=1e-12 * (1 + np.abs(wanted).max(initial=0))
        )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("algorithm, name", STRIDE_ONE)
def test_equals_columns(algorithm, name, layout, lanes, rng):
    assert_equal_results(algorithm, problem(rng, GEOMETRIES[name], layout=layout))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ONE_IMAGE)
def test_tiles_of_one_image_equal_columns(name, layout, lanes, monkeypatch, rng):
    monkeypatch.setattr(conv_tiles, "COLUMNS", 8)
    x, weight, bias, dC_dy, steps = problem(rng, ONE_IMAGE[name], layout=layout)
    assert_equal_results(conv_tiles, (x, weight, bias, dC_dy, steps))
    wanted, got = np.full_like(dC_dy, np.nan), np.full_like(dC_dy, np.nan)
    conv_columns.forward(x, weight, None, *steps, wanted)
    conv_tiles.forward(x, weight, None, *steps, got, lambda y: np.negative(y, out=y))
    assert_allclose(got, -wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("name", [n for a, n in STRIDE_ONE if a is conv_winograd])
def test_winograd_whatever_products_blas_likes(name, small, monkeypatch, rng):
    monkeypatch.setattr(blas, "likes_small", lambda: small)
    assert_equal_results(conv_winograd, problem(rng, GEOMETRIES[name]))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("multiplier", [1, 3])
@pytest.mark.parametrize("name", [*GEOMETRIES, *STRIDED])
def test_depthwise_equals_columns(name, multiplier, layout, lanes, rng):
    geometry = (GEOMETRIES | STRIDED)[name]
    args = problem(rng, geometry, 4, Ci=1, Co=multiplier, layout=layout)
    assert_equal_results(conv_depthwise, args)


@pytest.mark.parametrize("groups", [None, 2])
@pytest.mark.parametrize("name", [*GEOMETRIES, *STRIDED])
def test_columns_added_up_equal_phases(name, groups, lanes, monkeypatch, rng):
    geometry = (GEOMETRIES | STRIDED)[name]
    if min(min(pair) for pair in geometry[4]) < 0:
        pytest.skip("conv_backward takes no cropping")
    x, weight, _, dC_dy, steps = problem(rng, geometry, groups)
    results = []
    for rule in (lambda *_: True, lambda *_: False):
        monkeypatch.setattr("nnmods.kernels.convolution.adds_up", rule)
        dC_dx = np.full_like(x, np.nan)
        results.append(conv_backward(dC_dy, weight, x.shape, *steps, dC_dx))
    assert_allclose(*results, rtol=0, atol=1e-12)


def test_few_output_channels_equal_many(lanes, rng):
    """The gradient of the weight is transposed for the few, and not for the many."""
    args = problem(rng, GEOMETRIES["2d"], Ci=8, Co=30)
    _, all_of_them = both(conv_columns, *args)
    x, weight, bias, dC_dy, steps = args
    _, few = both(conv_columns, x, weight[:4], bias[:4], dC_dy[:, :4], steps)
    assert_allclose(few, all_of_them[:4], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype, limit", [(np.float32, 1e-4), (np.float64, 1e-12)])
@pytest.mark.parametrize("kernel", [(3, 3), (5, 5), (3,), (5,), (3, 5)])
def test_error_of_winograd_against_direct(kernel, dtype, limit, rng):
    size = (20,) * len(kernel)
    padding = tuple((k // 2, k // 2) for k in kernel)
    ones = (1,) * len(kernel)
    geometry = (8, size, kernel, ones, padding, ones)
    x, weight, bias, dC_dy, steps = problem(rng, geometry, None, 32, 32, dtype)
    results = {}
    for how in ("auto", "direct"):
        arrays = np.empty_like(dC_dy), np.empty_like(x), np.empty_like(weight)
        conv_forward(x, weight, bias, *steps, arrays[0], how)
        conv_backward(dC_dy, weight, x.shape, *steps, arrays[1], how)
        conv_weight_grad(x, dC_dy, *steps, arrays[2], how)
        results[how] = arrays
    for got, wanted in zip(results["auto"], results["direct"], strict=True):
        error = np.abs(got - wanted).max() / np.abs(wanted).max()
        assert 0 < error < limit  # 0 would mean that both are one algorithm


@pytest.mark.parametrize("dtype, limit", [(np.float32, 1e-4), (np.float64, 1e-12)])
@pytest.mark.parametrize("kernel", [(3, 3), (5, 5), (3, 5)])
def test_error_of_tiles_of_one_image_against_direct(kernel, dtype, limit, rng):
    padding = tuple((k // 2, k // 2) for k in kernel)
    geometry = (1, (20, 20), kernel, (1, 1), padding, (1, 1))
    x, weight, bias, dC_dy, steps = problem(rng, geometry, None, 32, 32, dtype)
    results = {}
    for how in ("auto", "direct"):
        y, dC_dx = np.empty_like(dC_dy), np.empty_like(x)
        conv_forward(x, weight, bias, *steps, y, how)
        conv_backward(dC_dy, weight, x.shape, *steps, dC_dx, how)
        results[how] = y, dC_dx
    for got, wanted in zip(results["auto"], results["direct"], strict=True):
        error = np.abs(got - wanted).max() / np.abs(wanted).max()
        assert 0 < error < limit  # 0 would mean that both are one algorithm


@pytest.mark.parametrize(
    "N, kernel, Ci",
    [(16, (3, 3), 24), (16, (1, 1), 24), (16, (4, 4), 6), (1, (3, 3), 24)],
)
def test_the_number_of_threads_changes_rounding_only(N, kernel, Ci, monkeypatch, rng):
    if blas.libraries() is None:
        pytest.skip("threadpoolctl controls no BLAS here")
    monkeypatch.setattr(threads, "LEAST_PRODUCTS", 2)
    size = (14, 14) if N > 1 else (24, 24)
    geometry = (N, size, kernel, (1, 1), ((1, 1), (1, 1)), (1, 1))
    x, weight, bias, dC_dy, steps = problem(
        rng, geometry, None, Ci, 24, np.float32, "batch-last"
    )

    def results(n):
        nn.set_num_threads(n)
        arrays = np.empty_like(dC_dy), np.empty_like(x), np.empty_like(weight)
        conv_forward(x, weight, bias, *steps, arrays[0])
        conv_backward(dC_dy, weight, x.shape, *steps, arrays[1])
        conv_weight_grad(x, dC_dy, *steps, arrays[2])
        return arrays

    try:
        one, two, again = results(1), results(2), results(2)
    finally:
        nn.set_num_threads()
    for a, b, c in zip(one, two, again, strict=True):
        assert_array_equal(b, c)
        assert_allclose(a, b, rtol=0, atol=1e-5 * np.abs(a).max())


RULE = [
    ((64, 64, 3, 3), (1, 1), conv_winograd),
    ((64, 64, 5), (1,), conv_winograd),
    ((64, 64, 1, 3), (1, 1), conv_winograd),
    ((64, 24, 3, 3), (1, 1), conv_winograd),
    ((64, 16, 3, 3), (1, 1), conv_columns),
    ((64, 3, 3, 3), (1, 1), conv_columns),
    ((64, 64, 3, 3), (2, 1), conv_columns),
    ((64, 64, 1, 1), (1, 1), conv_columns),
    ((64, 64, 7, 7), (1, 1), conv_columns),
    ((16, 16, 3, 3, 3), (1, 1, 1), conv_columns),
    ((16, 3, 15, 15), (1, 1), conv_fourier),
    ((64, 1, 1, 3, 3), (1, 1), conv_depthwise),
    ((2, 32, 32, 3, 3), (1, 1), conv_columns),
]


@pytest.mark.parametrize("weight, stride, wanted", RULE)
def test_the_rule(weight, stride, wanted):
    weight, y = np.empty(weight), np.empty((8,) + (1,) * (len(stride) + 1))
    assert algorithm_for(weight, stride, y, "auto") is wanted
    if wanted is conv_winograd:
        assert algorithm_for(weight, stride, y[:7], "auto") is conv_columns
    direct = wanted if wanted is conv_depthwise else conv_columns
    assert algorithm_for(weight, stride, y, "direct") is direct


@pytest.mark.parametrize(
    "weight, y, wanted",
    [
        ((64, 64, 3, 3), (20, 20), conv_tiles),
        ((24, 64, 3, 5), (40, 10), conv_tiles),
        ((64, 64, 3, 3), (19, 20), conv_columns),
        ((64, 16, 3, 3), (20, 20), conv_columns),
        ((64, 64, 1, 3), (20, 20), conv_columns),
        ((64, 64, 5), (400,), conv_columns),
        ((256, 256, 3, 3), (20, 20), conv_columns),
        ((256, 256, 3, 3), (28, 28), conv_tiles),
    ],
)
def test_the_rule_for_one_image(weight, y, wanted):
    weight, ones = np.empty(weight), (1,) * len(y)
    both = np.empty((2, 1, *y))
    assert algorithm_for(weight, ones, both[:1], "auto") is wanted
    assert algorithm_for(weight, ones, both, "auto") is conv_columns
    assert algorithm_for(weight, ones, both[:1], "direct") is conv_columns


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(ValueError, match="algorithm is 'fast', expected 'auto' or"):
        nn.SpatialConvolution(1, 1, 3, algorithm="fast")
    x = empty_batch_last((1, 1, 3, 3), np.dtype(float))
    with pytest.raises(ValueError, match="algorithm is 'fast'"):
        conv_forward(x, x, None, (1, 1), (0, 0), (1, 1), x[:, :, :1, :1], "fast")


def test_a_module_is_told_the_algorithm(rng):
    x = rng.standard_normal((8, 24, 9, 9))
    conv = nn.SpatialConvolution(24, 24, 3, algorithm="direct", rng=0)
    direct = conv(x)
    conv.algorithm = "auto"
    assert_allclose(conv(x), direct, rtol=0, atol=1e-12)
    assert (conv(x) != direct).any()
