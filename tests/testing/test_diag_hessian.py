"""diag_hessian_error, and the squares of Torch7's fourteen classes, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.testing import diag_hessian_error
from nnmods.testing.compare import EXACT

#: Where Torch7 has `updateDiagHessianInput`: a module, and the shape of its x.
TORCH7 = {
    "Linear": (lambda: nn.Linear(3, 2, rng=0), (2, 3)),
    "SpatialConvolution": (lambda: nn.SpatialConvolution(2, 3, 2, 2, rng=0), (2, 3, 4)),
    "SpatialConvolutionLocal": (
        lambda: nn.SpatialConvolutionLocal(2, 2, 4, 3, 2, 2, rng=0),
        (2, 3, 4),
    ),
    "SpatialFullConvolution": (
        lambda: nn.SpatialFullConvolution(2, 3, 2, 2, 2, 2, rng=0),
        (2, 2, 3),
    ),
    "SpatialConvolutionMap": (
        lambda: nn.SpatialConvolutionMap(nn.tables.one_to_one(2), 2, 2, rng=0),
        (2, 3, 4),
    ),
    "SpatialFullConvolutionMap": (
        lambda: nn.SpatialFullConvolutionMap(nn.tables.full(2, 3), 2, 2, rng=0),
        (2, 2, 3),
    ),
    "Tanh": (nn.Tanh, (2, 3)),
    "TanhShrink": (nn.TanhShrink, (2, 3)),
    "Square": (nn.Square, (2, 3)),
    "Sqrt": (nn.Sqrt, (2, 3)),
    "Reshape": (lambda: nn.Reshape(6), (2, 2, 3)),
    "Sequential": (
        lambda: nn.Sequential(nn.Linear(3, 1, rng=0), nn.Tanh(), nn.Square()),
        (1, 3),
    ),
}


@pytest.mark.parametrize("name", TORCH7)
def test_classes_of_torch7(name):
    make, shape = TORCH7[name]
    module, x = make(), np.random.default_rng(0).uniform(0.5, 1.5, shape)
    assert diag_hessian_error(module, x) < EXACT
    for p in module.parameters()[0]:
        assert diag_hessian_error(module, x, p) < EXACT


def test_an_error_is_found_and_the_gradients_stay(rng):
    class Wrong(nn.Linear):
        def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
            return 0.5 * super().backward_diag_hessian(x, d2C_dy2)

        def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
            self.grad_bias += d2C_dy2.sum(axis=0) - 3

    layer, x = Wrong(2, 1, rng=0), rng.standard_normal((1, 2))
    layer.weight[...] = [[1, 2]]
    layer.grad_weight[...] = 7
    assert diag_hessian_error(layer, x) == 2  # 4, and half of it
    assert diag_hessian_error(layer, x, layer.bias) == 3
    assert diag_hessian_error(layer, x, layer.weight) == np.max(x**2)
    assert (layer.grad_weight == 7).all()


def test_terms_between_entries_show_in_a_deeper_net():
    """Only diagonals go from module to module: two hidden units give no square."""
    net = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Linear(2, 1, rng=1))
    net[0].weight[...] = [[1, 2], [3, 4]]
    net[1].weight[...] = [[1, 1]]
    # Their squares: 1 + 9 and 4 + 16; that of the product: 16 and 36.
    assert diag_hessian_error(net, np.ones((1, 2))) == 16


def test_tables_and_indices():
    assert diag_hessian_error(nn.Mul(), np.ones(2)) == 0
    assert diag_hessian_error(nn.Add(), [np.ones(2), np.ones(2)]) == 0
    table = nn.LookupTable(3, 2, rng=0)
    assert diag_hessian_error(table, np.array([0, 2])) == 0
    assert diag_hessian_error(table, np.array([0, 2]), table.weight) == 0


def squares(module, x, h):
    """Return d2C_dx2, and d2C_dp2 of each parameter."""
    module.forward(x)
    module.zero_grad_params()
    d2C_dx2 = module.backward_diag_hessian(x, h).copy()
    module.acc_diag_hessian_params(x, h)
    return d2C_dx2, *module.parameters()[1]


def test_linear_by_hand():
    layer = nn.Linear(2, 2, rng=0)
    layer.weight[...] = [[1, 2], [3, -4]]
    x, h = np.array([[5.0, -6.0]]), np.array([[10.0, 100.0]])
    by_x, by_weight, by_bias = squares(layer, x, h)
    assert_array_equal(by_x, [[1 * 10 + 9 * 100, 4 * 10 + 16 * 100]])
    assert_array_equal(by_weight, [[250, 360], [2500, 3600]])
    assert_array_equal(by_bias, [10, 100])


def test_spatial_convolution_by_hand():
    layer = nn.SpatialConvolution(1, 1, 2, 1, rng=0)
    layer.weight[...] = [[[[2, -3]]]]
    x, h = np.array([[[1.0, 2.0, 4.0]]]), np.array([[[1.0, 10.0]]])
    by_x, by_weight, by_bias = squares(layer, x, h)
    assert_array_equal(by_x, [[[4, 9 + 40, 90]]])
    assert_array_equal(by_weight, [[[[1 + 40, 4 + 160]]]])
    assert_array_equal(by_bias, [11])


def test_spatial_full_convolution_by_hand():
    layer = nn.SpatialFullConvolution(1, 1, 2, 1, rng=0)
    layer.weight[...] = [[[[2, -3]]]]
    x, h = np.array([[[5.0, 7.0]]]), np.array([[[1.0, 10.0, 100.0]]])
    by_x, by_weight, by_bias = squares(layer, x, h)
    assert_array_equal(by_x, [[[4 + 90, 40 + 900]]])
    assert_array_equal(by_weight, [[[[25 + 490, 250 + 4900]]]])
    assert_array_equal(by_bias, [111])


def test_activations_by_hand():
    x, h = np.array([0.25, 4.0]), np.array([1.0, 10.0])
    assert_array_equal(squares(nn.Square(), x, h)[0], [0.25, 640])
    assert_array_equal(squares(nn.Sqrt(), x, h)[0], [1, 10 / 16])
    slope = 1 - np.tanh(x) ** 2
    assert_allclose(squares(nn.Tanh(), x, h)[0], h * slope**2, EXACT)


def test_tanh_shrink_at_0_has_no_slope():
    """Torch7 adds tanh's squared slope to 1: 2 at 0, where x - tanh(x) is flat."""
    x = np.array([0.0, 1.0])
    by_x = squares(nn.TanhShrink(), x, np.ones(2))[0]
    assert by_x[0] == 0
    assert_allclose(by_x[1], np.tanh(1.0) ** 4, EXACT)


def test_costs_by_hand():
    y, target = np.array([[1.0, -2.0]]), np.zeros((1, 2))
    assert_array_equal(nn.MSECriterion().diag_hessian(y, target), [[1, 1]])  # 2 / 2
    summed = nn.MSECriterion(size_average=False)
    assert_array_equal(summed.diag_hessian(y, target), [[2, 2]])
