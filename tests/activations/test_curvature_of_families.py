"""Second derivatives of softmaxes, gates and PReLU by hand; those of long arrays."""

import math

import numpy as np
import pytest

import nnmods as nn

LOG3 = math.log(3)
SOFTMAXES = {
    nn.SoftMax: ([0, -1 / 16, 1 / 16], [5 / 32, 13 / 128, 21 / 128]),
    nn.SoftMin: ([0, -1 / 16, 1 / 16], [5 / 32, 13 / 128, 21 / 128]),
    nn.LogSoftMax: ([1 / 8, -3 / 16, 1 / 16], [7 / 4, 23 / 16, 39 / 16]),
}


@pytest.mark.parametrize("cls", SOFTMAXES)
def test_softmaxes_of_three_scores(cls):
    turned, squares = SOFTMAXES[cls]
    x = np.log([0.5, 0.25, 0.25]) * (-1 if cls is nn.SoftMin else 1)
    module, dC_dy, dx = cls(), np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    module.forward(x)
    np.testing.assert_allclose(module.hvp(x, dC_dy, dx), turned, atol=1e-16)
    got = module.backward_diag_hessian(x, np.array([1.0, 2, 4]))
    np.testing.assert_allclose(got, squares, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cls", SOFTMAXES)
def test_squares_of_positive_numbers_are_never_negative(cls, dtype, rng):
    x = (20 * rng.standard_normal((500, 9))).astype(dtype)
    h = np.exp(9 * rng.standard_normal(x.shape)).astype(dtype)
    module = cls()
    module.forward(x)
    got = module.backward_diag_hessian(x, h)
    assert got.dtype == dtype and (got >= 0).all()


def test_only_logarithms_join_the_cost():
    assert nn.LogSoftMax.joins_cost and nn.SpatialLogSoftMax.joins_cost
    assert not nn.SoftMax.joins_cost


def test_gated_linear_unit_by_hand():
    module, x = nn.GatedLinearUnit(), np.array([2.0, LOG3])
    module.forward(x)
    got = module.hvp(x, np.array([3.0]), np.array([5.0, 7.0]))
    np.testing.assert_allclose(got, [63 / 16, -9 / 8], rtol=1e-14)
    h, dC_dy = np.array([16.0]), np.array([3.0])
    np.testing.assert_allclose(
        module.backward_diag_hessian(x, h), [9, 9 / 4], rtol=1e-14
    )
    got = module.backward_diag_hessian(x, h, dC_dy)
    np.testing.assert_allclose(got, [9, 9 / 4 - 9 / 16], rtol=1e-14)


def test_reglu_is_a_product_above_0():
    module, x = nn.ReGLU(), np.array([2.0, 4.0, 3.0, -3.0])
    module.forward(x)
    got = module.hvp(x, np.array([3.0, 5.0]), np.array([5.0, 6.0, 7.0, 8.0]))
    np.testing.assert_array_equal(got, [21, 0, 15, 0])


def test_prelu_by_hand():
    module = nn.PReLU(2)
    module.weight[...] = 0.25, 0.5
    x, d = np.array([[-2.0, 3], [1, -4]]), np.array([[1.0, 2], [3, 5]])
    module.forward(x)
    got = module.hvp(x, d, np.array([[1.0, 1], [1, 2]]), [np.array([10.0, 100])], 2.0)
    np.testing.assert_array_equal(got, [[10, 0], [0, 500]])
    np.testing.assert_array_equal(module.grad_weight, [2, 20])
    assert module.hvp(x, d, np.zeros_like(x)) is None

    got = module.backward_diag_hessian(x, d, d)
    np.testing.assert_array_equal(got, [[1 / 16, 2], [3, 5 / 4]])
    module.zero_grad_params()
    module.acc_diag_hessian_params(x, d, 2.0, d)
    np.testing.assert_array_equal(module.grad_weight, [8, 160])

    (got,) = module.per_example_grads(x, d)
    np.testing.assert_array_equal(got, [[-2, 0], [0, -20]])
    np.testing.assert_array_equal(module.per_example_sq_norms(x, d), [4, 400])


def test_prelu_of_extremes():
    module, x = nn.PReLU(1), np.array([[np.inf], [-1e300], [np.nan], [3.0]])
    ones = np.ones_like(x)
    module.forward(x)
    (got,) = module.per_example_grads(x, ones)
    np.testing.assert_array_equal(got, [[0], [-1e300], [np.nan], [0]])
    module.acc_diag_hessian_params(x[[0, 1, 3]], ones[1:])
    assert module.grad_weight == np.inf
    empty = np.zeros((0, 1, 3))
    assert module.per_example_grads(empty, empty)[0].shape == (0, 1)
    assert nn.PReLU().per_example_grads(empty, empty)[0].shape == (0, 1)


LONG = {
    "CReLU": lambda: nn.CReLU(3),
    "GEGLU": lambda: nn.GEGLU(1),
    "GELU": nn.GELU,
    "GatedLinearUnit": lambda: nn.GatedLinearUnit(1),
    "LogSoftMax": nn.LogSoftMax,
    "PReLU": nn.PReLU,
    "PReLU planes": lambda: nn.PReLU(4),
    "ReGLU": lambda: nn.ReGLU(1),
    "SoftMax": nn.SoftMax,
    "SwiGLU": lambda: nn.SwiGLU(1),
}


def seconds(module, x):
    """Return what the verbs of second derivatives give, with made up directions."""
    y = module.forward(x)
    dx, dC_dy = np.cos(3 * x), np.sin(7 * y)
    weights = [np.full_like(p, 0.5) for p in module.parameters()[0]]
    module.zero_grad_params()
    turned = module.hvp(x, dC_dy, dx, weights)
    turned = np.zeros_like(x) if turned is None else turned.copy()
    module.acc_diag_hessian_params(x, dC_dy**2)
    squares = module.backward_diag_hessian(x, dC_dy**2, dC_dy).copy()
    grads = [p.copy() for p in module.parameters()[1]]
    return [turned, squares], grads


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_long_arrays_are_as_their_samples(make, rng):
    x = rng.standard_normal((6, 5, 130, 20)).transpose(0, 3, 1, 2)[:, ::5]
    got, grads = seconds(make(), x)
    parts = [seconds(make(), np.array(x[i : i + 1])) for i in range(len(x))]
    for i, whole in enumerate(got):
        wanted = np.concatenate([part[0][i] for part in parts])
        np.testing.assert_allclose(whole, wanted, rtol=1e-12, atol=1e-14)
    for i, grad in enumerate(grads):
        wanted = sum(part[1][i] for part in parts)
        np.testing.assert_allclose(grad, wanted, rtol=1e-12)


@pytest.mark.parametrize(
    "make", [nn.SoftMax, nn.GatedLinearUnit, nn.PReLU, lambda: nn.CReLU(1)]
)
def test_shapes_are_checked(make):
    module, x, wrong = make(), np.ones((2, 4)), np.ones((3, 5))
    y = module.forward(x)
    with pytest.raises(ValueError, match=r"d2C_dy2 has shape \(3, 5\), expected"):
        module.backward_diag_hessian(x, wrong)
    if module.curved:
        with pytest.raises(ValueError, match=r"dx has shape \(3, 5\), expected"):
            module.hvp(x, y, wrong)
        with pytest.raises(ValueError, match=r"dC_dy has shape \(3, 5\), expected"):
            module.hvp(x, wrong, x)


def test_one_example_of_planes():
    module, x = nn.PReLU(3), np.array([-1.0, 2.0, -3.0])
    (grads,) = module.per_example_grads(x, np.ones(3))
    np.testing.assert_array_equal(grads, [[-1, 0, -3]])
    np.testing.assert_array_equal(module.per_example_sq_norms(x, np.ones(3)), [10])


def test_a_wrong_direction_of_slopes_changes_nothing():
    module, x = nn.PReLU(), -np.ones((2, 4))
    with pytest.raises(ValueError, match=r"dparams\[0\] has shape \(3,\), expected"):
        module.hvp(x, x, x, [np.ones(3)])
    assert not module.grad_weight.any()
