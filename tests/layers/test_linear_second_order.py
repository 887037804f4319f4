"""Second derivatives and single examples of the linear layers, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from nnmods.core import rows
from nnmods.layers import (
    Bilinear,
    IndexLinear,
    Kmeans,
    Linear,
    LinearWeightNorm,
    LookupTable,
    Maxout,
    PartialLinear,
    SparseLinear,
)
from nnmods.testing.compare import DIFFERENCES, STEP


def test_linear_by_hand():
    layer = Linear(2, 1, rng=0)
    layer.weight[...] = [[3, -2]]
    x, g, dx = np.array([[1.0, 2.0]]), np.array([[5.0]]), np.array([[1.0, -1.0]])
    dparams = [np.array([[10.0, 20.0]]), np.array([7.0])]
    assert_array_equal(layer.hvp(x, g, dx, dparams, 2.0), [[50, 100]])
    assert_array_equal(layer.grad_weight, [[10, -10]])
    assert_array_equal(layer.grad_bias, [0])
    assert layer.hvp(x, g, dx) is None  # without a change of the weight
    layer.zero_grad_params()
    h = np.array([[2.0]])
    assert_array_equal(layer.backward_diag_hessian(x, h), [[18, 8]])
    layer.acc_diag_hessian_params(x, h, 10.0)
    assert_array_equal(layer.grad_weight, [[20, 80]])
    assert_array_equal(layer.grad_bias, [20])


def test_the_diagonal_of_another_batch_has_its_size():
    """The very array that was dC_dy before comes as d2C_dy2, in between another."""
    layer, rng = Linear(3, 2, rng=0), np.random.default_rng(0)
    for n in (4, 6, 4):
        x, g = rng.standard_normal((n, 3)), rng.standard_normal((n, 2))
        layer.forward(x)
        dC_dx = layer.backward(x, g)
        before = dC_dx.copy()
        wanted = g @ np.square(layer.weight)
        assert_allclose(layer.backward_diag_hessian(x, g), wanted, 1e-12)
        assert_array_equal(dC_dx, before)
        assert_array_equal(layer.backward(x, g), before)


@pytest.mark.parametrize("shape", [(5, 6), (5, 1, 6), (5, 2, 6), (5, 3, 3, 6), (6,)])
def test_linear_examples_of_any_shape(shape, rng):
    layer = Linear(6, 7, rng=0)
    x = rng.standard_normal(shape)
    g = rng.standard_normal((*shape[:-1], 7))
    n = shape[0] if len(shape) > 1 else 1
    grads = layer.per_example_grads(x, g)
    pairs = x.reshape(n, -1, 6), g.reshape(n, -1, 7)
    wanted = np.einsum("nti,nto->noi", *pairs)
    assert_allclose(grads[0], wanted, 1e-12, 1e-13)
    assert_allclose(grads[1], pairs[1].sum(axis=1), 1e-12, 1e-13)
    norms = sum(np.square(grad).reshape(n, -1).sum(axis=1) for grad in grads)
    assert_allclose(layer.per_example_sq_norms(x, g), norms, 1e-12)


def test_rows_of_another_length_turn_only_across():
    """With g / |v| = 2 and v along the first axis, a change of v along it is lost."""
    layer = LinearWeightNorm(2, 1, bias=False, rng=0)
    layer.v[...], layer.g[...] = [[3, 0]], 6
    x, g, still = np.array([[1.0, 1.0]]), np.array([[1.0]]), np.zeros((1, 2))
    along = [np.array([[1.0, 0.0]]), np.zeros((1, 1))]
    layer.forward(x)
    assert_array_equal(layer.hvp(x, g, still, along), [[0, 0]])
    assert_array_equal(layer.grad_g, [[0]])
    # grad_v = g / |v| (0, 1): as |v| grows by 1 of 3, it falls by a third
    assert_allclose(layer.grad_v, [[0, -2 / 3]], 1e-15)


def test_bilinear_by_hand():
    """y = 2 a b: of the three factors, each product of two is a second derivative."""
    layer = Bilinear(1, 1, 1, rng=0)
    layer.weight[...] = 2
    x, g = [np.array([[3.0]]), np.array([[5.0]])], np.array([[7.0]])
    dx, dparams = [np.array([[1.0]]), np.array([[10.0]])], [np.full((1, 1, 1), 100.0)]
    a, b = layer.hvp(x, g, dx, [*dparams, np.array([1.0])])
    assert_array_equal(a, [[7 * (2 * 10 + 100 * 5)]])
    assert_array_equal(b, [[7 * (2 * 1 + 100 * 3)]])
    assert_array_equal(layer.grad_weight, [[[7 * (1 * 5 + 3 * 10)]]])
    assert_array_equal(layer.grad_bias, [0])
    a, b = layer.backward_diag_hessian(x, g)
    assert_array_equal([a, b], [[[7 * 100]], [[7 * 36]]])


def test_an_output_computed_twice_is_one_row_of_an_example():
    layer = PartialLinear(1, 3, rng=0).set_partition([2, 0, 2])
    x, g = np.array([[2.0]]), np.array([[1.0, 10.0, 100.0]])
    weight, bias = layer.per_example_grads(x, g)
    assert_array_equal(weight, [[[20], [0], [202]]])
    assert_array_equal(bias, [[10, 0, 101]])
    wanted = [20**2 + 202**2 + 10**2 + 101**2]
    assert_array_equal(layer.per_example_sq_norms(x, g), wanted)
    layer.acc_diag_hessian_params(x, g)
    assert_array_equal(layer.grad_weight, [[40], [0], [404]])


def test_looked_up_rows():
    table, x = LookupTable(3, 2, rng=0), np.array([[2, 2], [0, 2]])
    g = np.arange(8.0).reshape(2, 2, 2)
    (grads,) = table.per_example_grads(x, g)
    wanted = [[[0, 0], [0, 0], [2, 4]], [[4, 5], [0, 0], [6, 7]]]
    assert_array_equal(grads, wanted)
    assert_array_equal(table.per_example_sq_norms(x, g), [20, 41 + 85])
    assert_array_equal(table.per_example_sq_norms(x[0], g[0]), [1, 13])
    assert_array_equal(table.backward_diag_hessian(x, g), np.zeros((2, 2)))
    table.acc_diag_hessian_params(x, g)
    assert_array_equal(table.grad_weight, [[4, 5], [0, 0], [8, 11]])
    table.set_padding(0)
    assert_array_equal(table.per_example_sq_norms(x, g), [20, 85])
    assert not table.per_example_grads(x, g)[0][:, 0].any()
    table.zero_grad_params()
    table.scale_grad_by_freq().acc_diag_hessian_params(x, np.ones_like(g))
    assert_allclose(table.grad_weight, [[0, 0], [0, 0], [3 / 9, 3 / 9]])  # 3 times


PAIRS = np.array([[3, 2.0], [0, 1.0], [3, -1.0]])  # 3 occurs twice


@pytest.mark.parametrize("make", [SparseLinear, IndexLinear])
def test_a_key_that_occurs_twice_is_one_factor(make):
    layer = make(4, 2, True)
    x = PAIRS if make is SparseLinear else [PAIRS[:, 0], PAIRS[:, 1]]
    h, axis = np.array([1.0, 2.0]), -1 if make is SparseLinear else 0
    layer.forward(x)
    layer.acc_diag_hessian_params(x, h)
    by_place = np.moveaxis(layer.grad_weight, axis, 0)
    assert_array_equal(by_place, [[1, 2], [0, 0], [0, 0], [1, 2]])
    assert_array_equal(layer.grad_bias, [1, 2])
    assert_array_equal(layer.per_example_sq_norms(x, h), [5 * (1 + 1 + 1)])
    weight, bias = layer.per_example_grads(x, h)
    assert_array_equal(np.moveaxis(weight[0], axis, 0), by_place)
    assert_array_equal(bias, [h])


def test_decay_is_a_curvature_of_its_own(rng):
    layer = SparseLinear(4, 2, True, rng=0)
    layer.weight_decay = 0.5
    x, g, still = PAIRS, rng.standard_normal(2), np.zeros_like(PAIRS)
    dparams = [rng.standard_normal((2, 4)), np.zeros(2)]
    layer.forward(x)
    (pairs,) = layer.hvp(x, g, still, dparams)
    assert_array_equal(pairs[:, 0], np.zeros(4))
    assert_allclose(pairs[:, 1], g @ dparams[0], 1e-12)
    assert_array_equal(layer.grad_weight, 0.5 * dparams[0])
    layer.zero_grad_params()
    (total,) = layer.backprop_jvp(x, g, still, np.zeros(2), dparams)
    assert_array_equal(total[:, 0], np.arange(4))  # still the places
    assert_allclose(total[:, 1], g @ dparams[0], 1e-12)
    assert_array_equal(layer.grad_weight, 0.5 * dparams[0])
    assert layer.weight_decay == 0.5


def test_values_that_are_normalized(rng):
    layer = IndexLinear(4, 3, normalize=True).reset(0)
    x = [
        [np.array([0, 3, 0]), np.array([1, 3])],
        [rng.uniform(1, 2, 3), rng.uniform(1, 2, 2)],
    ]
    layer.forward(x)
    layer.evaluate()
    layer.weight[:, 3] = rng.standard_normal(4)
    x[1] = [values / 2 for values in x[1]]
    g = rng.standard_normal((2, 3))
    dx = [x[0], [rng.standard_normal(len(values)) for values in x[1]]]
    dparams = [rng.standard_normal(p.shape) for p in layer.parameters()[0]]
    dparams[0][:, :3] = 0  # what is known of sizes

    def grads(t):
        for p, dp in zip(layer.parameters()[0], dparams, strict=True):
            p += t * dp
        moved = [x[0], [a + t * b for a, b in zip(x[1], dx[1], strict=True)]]
        layer.zero_grad_params()
        layer.forward(moved)
        layer.acc_grad_params(moved, g)
        for p, dp in zip(layer.parameters()[0], dparams, strict=True):
            p -= t * dp
        return layer.grad_weight.copy()

    wanted = (grads(STEP) - grads(-STEP)) / (2 * STEP)
    layer.zero_grad_params()
    layer.forward(x)
    layer.hvp(x, g, dx, dparams)
    assert_allclose(layer.grad_weight, wanted, DIFFERENCES, DIFFERENCES)

    layer.zero_grad_params()
    layer.acc_grad_params(x, g)
    weight, bias = layer.per_example_grads(x, g)
    assert_allclose(weight.sum(axis=0), layer.grad_weight, 1e-12, 1e-13)
    norms = np.square(weight).sum(axis=(1, 2)) + np.square(bias).sum(axis=1)
    assert_allclose(layer.per_example_sq_norms(x, g), norms, 1e-12)
    layer.zero_grad_params()
    layer.acc_diag_hessian_params(x, np.square(g))
    got = layer.grad_weight.copy()
    layer.zero_grad_params()
    layer.do_grad_input = False  # there is none by x
    rows.add_squared_params(layer, x, np.square(g), 1.0)
    assert_allclose(got, layer.grad_weight, 1e-12, 1e-13)


def test_the_pull_at_centres():
    """Two of three samples are nearest to the first centre: each pulls by a half."""
    module = Kmeans(2, 1, 4.0, rng=0)
    module.weight[...] = [[0], [10]]
    x, none = np.array([[1.0], [8.0], [-2.0]]), np.zeros(3)
    dx, dparams = np.array([[1.0], [5.0], [0.0]]), [np.array([[2.0], [1.0]])]
    module.forward(x)
    assert_array_equal(
        module.backprop_jvp(x, none, dx, none, dparams), np.zeros((3, 1))
    )
    # 4 / 2 ((2 - 1) + (2 - 0)) and 4 / 1 (1 - 5)
    assert_allclose(module.grad_weight, [[6], [-16]], 1e-6)
    (grads,) = module.per_example_grads(x, none)
    assert_allclose(grads[:, :, 0], [[-2, 0], [0, 8], [4, 0]], 1e-6)
    assert_allclose(module.per_example_sq_norms(x, none), [4, 64, 16], 1e-6)
    module.zero_grad_params()
    module.acc_diag_hessian_params(x, none, 1.0, none)
    assert_allclose(module.grad_weight, [[4], [4]], 1e-6)


@pytest.mark.parametrize(
    "module",
    [
        LinearWeightNorm(3, 2, rng=0),
        Maxout(3, 2, 2, rng=0),
        Maxout(3, 2, 4, preprocess=Linear(2, 2, rng=1), rng=0),
    ],
    ids=repr,
)
def test_a_sample_alone_is_one_example(module, rng):
    x, g = rng.standard_normal(3), rng.standard_normal(2)
    module.zero_grad_params()
    module.forward(x)
    module.backward(x, g)
    module.acc_grad_params(x, g)
    wanted = [grad.copy() for grad in module.parameters()[1]]
    for part, grad in zip(module.per_example_grads(x, g), wanted, strict=True):
        assert_allclose(part, grad[None], 1e-12, 1e-13)
    norm = sum(np.square(grad).sum() for grad in wanted)
    assert_allclose(module.per_example_sq_norms(x, g), [norm], 1e-12)


def test_directions_in_another_precision(rng):
    """A float32 direction of the float64 weight of a table, and of centres."""
    direction = rng.standard_normal((3, 2)).astype(np.float32)
    table, x = LookupTable(3, 2, rng=0), np.array([2, 0])
    table.forward(x)
    assert_array_equal(table.jvp(x, np.zeros(2), [direction]), direction[[2, 0]])
    module, x = Kmeans(3, 2, rng=0), np.zeros((1, 2))
    nearest = int(module.forward(x)[0])
    module.hvp(x, np.zeros(1), x, [direction])
    assert_allclose(module.grad_weight[nearest], direction[nearest], 1e-6)
