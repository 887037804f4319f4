"""Second derivatives and single examples of normalisations, worked out by hand."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.core import rows
from nnmods.core.second_order import SecondOrder
from nnmods.testing.compare import EXACT, require_close


def batch_last(x):
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


def column(values):
    """Return a batch of numbers for one channel."""
    return np.array(values)[:, None]


def test_batch_normalization_by_hand():
    norm = nn.BatchNormalization(1, eps=0.0)
    norm.weight[...] = 2
    x, dC_dy, dx = (
        column([-3.0, 1.0, 1.0, 1.0]),
        column([0, 0, 0, 4.0]),
        column([0, 4.0, 0, 0]),
    )
    # invstd^2 = 1/3, xhat = (-3, 1, 1, 1) / sqrt(3), a = b = 1 / sqrt(3),
    # c = mean(dC_dy * (dx - 1)) = -1, J dx = ((-1, 3, -1, -1) - xhat / sqrt(3)) invstd
    norm.forward(x)
    ddC_dx = norm.hvp(x, dC_dy, dx)
    # b P dC_dy + a P dx + (c - 3 a b) xhat, with P dC_dy = (-1, -1, -1, 3)
    wanted = np.array([-2 + 6, 2 - 2, -2 - 2, 2 - 2]) / np.sqrt(3)
    np.testing.assert_allclose(ddC_dx[:, 0], -2 / 3 * wanted, rtol=1e-12, atol=1e-15)
    # 4 * ((-1 - 1/3) / sqrt(3))
    np.testing.assert_allclose(norm.grad_weight, [-16 / 3 / np.sqrt(3)], rtol=1e-12)
    np.testing.assert_array_equal(norm.grad_bias, [0])


def test_the_diagonal_of_batch_normalization_by_hand():
    norm = nn.BatchNormalization(1, eps=0.0)
    norm.weight[...] = 3
    x, h = column([-3.0, 1.0, 1.0, 1.0]), column([8.0, 3.0, 0.0, 0.0])
    norm.forward(x)
    # J sqrt(3): row 0 is 0, row 1 is (0, 2/3, -1/3, -1/3); weight^2 / 3 = 3
    wanted = 3 * np.array([0, 4, 1, 1]) / 9 * 3
    got = norm.backward_diag_hessian(x, h)
    np.testing.assert_allclose(got[:, 0], wanted, atol=1e-14)
    norm.acc_diag_hessian_params(x, h)  # xhat^2 = (3, 1/3, 1/3, 1/3)
    np.testing.assert_allclose(norm.grad_weight, [25], rtol=1e-14)
    np.testing.assert_allclose(norm.grad_bias, [11], rtol=1e-14)


def test_evaluation_is_a_product_of_weight_and_x():
    norm = nn.BatchNormalization(1, eps=0.0).evaluate()
    norm.running_var[...], norm.weight[...] = 4, 3
    x, dC_dy, dx = column([1.0, 2.0]), column([10.0, 20.0]), column([2.0, 4.0])
    norm.forward(x)
    assert norm.hvp(x, dC_dy, dx) is None
    np.testing.assert_array_equal(norm.grad_weight, [50])
    dparams = [np.array([5.0]), np.array([7.0])]
    got = norm.hvp(x, dC_dy, dx, dparams)
    np.testing.assert_array_equal(got, column([25, 50]))
    got = norm.backward_diag_hessian(x, column([1, 2.0]), dC_dy)
    np.testing.assert_array_equal(got, column([2.25, 4.5]))
    single = norm.hvp(x[0], dC_dy[0], dx[0], dparams)
    np.testing.assert_array_equal(single, [25])
    assert norm.backward_diag_hessian(x[0], dC_dy[0]).shape == (1,)
    assert norm.per_example_grads(x[0], dC_dy[0])[0].shape == (1, 1)
    assert norm.per_example_sq_norms(x[0], dC_dy[0]).shape == (1,)


def test_root_mean_square_by_hand():
    norm = nn.RMSNorm(2, eps=0.0)
    norm.weight[...] = [1, 2]
    x, dC_dy, dx = np.array([[1.0, 7.0], [5, 5], [2, 1]])  # xhat = (0.2, 1.4)
    norm.forward(x)
    # v = (5, 10), a = 7.5, b = 0.9, c = 10, invstd = 1/5
    wanted = -np.array([0.9 * 5 + 15, 9 + 7.5]) / 25
    wanted -= (10 - 3 * 7.5 * 0.9) * np.array([0.2, 1.4]) / 25
    np.testing.assert_allclose(norm.hvp(x, dC_dy, dx), wanted, rtol=1e-12)
    # J dx = ((2, 1) - 0.9 xhat) / 5
    np.testing.assert_allclose(norm.grad_weight, [1.82, -0.26], rtol=1e-12)


def test_normalize_by_hand():
    norm, x = nn.Normalize(2, 0), np.array([3.0, 4.0])
    # y = x / |x|: along (1, 0), d(v - y <y, v>) / 5 with v = (0, 25)
    got = norm.hvp(x, np.array([0.0, 25.0]), np.array([1.0, 0.0]))
    # -(v . 3/25 + dx . 100/25 + (3, 4)/25 (0 - 3 . 3/25 . 100)) / 5
    np.testing.assert_allclose(got, [0.064, 0.552], rtol=1e-12)
    got = norm.backward_diag_hessian(x, np.array([125.0, 0.0]))
    np.testing.assert_allclose(got, [2.048, 1.152], rtol=1e-12)  # (16, -12)^2 / 125^2


def test_an_edge_of_the_norm_has_no_curvature():
    x, dC_dy, dx = np.array([[0.0, 2.0, 1.0], [1, 2, 3], [5, 0, 0]])
    for p in (0.5, 1, 1.5):
        got = nn.Normalize(p).hvp(x, dC_dy, dx)
        norm = (2**p + 1) ** (1 / p)
        b = x[1:] ** (p - 1) / (2**p + 1)
        np.testing.assert_allclose(got, [0, *-b * 5 / norm], rtol=1e-9, atol=1e-12)


def test_local_response_by_hand():
    norm = nn.SpatialCrossMapLRN(1, alpha=1.0, beta=1.0, k=0)  # y = 1 / x
    x, v, dx = (np.full((1, 1, 1), value) for value in (2.0, 3.0, 5.0))
    norm.forward(x)
    np.testing.assert_allclose(norm.hvp(x, v, dx), [[[2 / 8 * 3 * 5]]])
    np.testing.assert_allclose(norm.backward_diag_hessian(x, v), [[[3 / 16]]])
    np.testing.assert_allclose(
        norm.backward_diag_hessian(x, v, v), [[[3 / 16 + 2 / 8 * 3]]]
    )


def test_a_quotient_of_images_by_hand():
    x = np.array([[[-3.0, 0.5, 5.0]]])
    v, dx = np.ones((2, 1, 1, 3))
    norm = nn.SpatialDivisiveNormalization(1, np.ones(1), 1.0)  # x / abs(x) beyond 1
    norm.forward(x)
    np.testing.assert_allclose(norm.hvp(x, v, dx), np.zeros((1, 1, 3)), atol=1e-15)
    got = norm.backward_diag_hessian(x, v)
    np.testing.assert_allclose(got, [[[0, 1, 0]]], atol=1e-15)
    linear = nn.SpatialSubtractiveNormalization(1, np.ones(3))
    linear.forward(x)
    assert linear.hvp(x, v, dx) is None
    got = linear.backward_diag_hessian(x, np.array([[[9.0, 0, 0]]]))
    np.testing.assert_allclose(got, [[[9 / 4, 9 / 4, 0]]])


LARGE = [
    (nn.SpatialBatchNormalization(5, eps=0.0, rng=0), (20, 5, 32, 33)),
    (nn.BatchNormalization(70, rng=0), (2000, 70)),
    (nn.LayerNorm((33, 16)), (300, 33, 16)),
    (nn.GroupNorm(2, 4), (9, 4, 70, 64)),
]


@pytest.mark.parametrize(
    "layout", [np.ascontiguousarray, batch_last, np.asfortranarray]
)
@pytest.mark.parametrize("norm, shape", LARGE)
def test_arrays_larger_than_a_block(norm, shape, layout, rng):
    plain = rng.standard_normal((3, *shape))
    x, dC_dy, dx = map(layout, plain)
    dparams = [rng.standard_normal(p.shape) for p in norm.parameters()[0]]
    # The Hessian of <dC_dy, y> is symmetric, and so are its products.
    norm.forward(x)
    other, dothers = (
        layout(rng.standard_normal(shape)),
        [0.5 * p for p in dparams[::-1]],
    )
    norm.zero_grad_params()
    mine = np.vdot(norm.hvp(x, dC_dy, dx, dparams), other)
    mine += sum(map(np.vdot, norm.parameters()[1], dothers))
    norm.zero_grad_params()
    theirs = np.vdot(norm.hvp(x, dC_dy, other, dothers), dx)
    theirs += sum(map(np.vdot, norm.parameters()[1], dparams))
    np.testing.assert_allclose(mine, theirs, rtol=1e-8, atol=1e-8)
    # The order of memory changes nothing.
    got = norm.backward_diag_hessian(x, np.abs(dC_dy), dC_dy).copy()
    norm.forward(plain[0])
    wanted = norm.backward_diag_hessian(plain[0], np.abs(plain[1]), plain[1])
    require_close(norm, "d2C_dx2", got, wanted, EXACT)


@pytest.mark.parametrize(
    "norm, shape",
    [
        (nn.SpatialBatchNormalization(2, rng=0), (3, 2, 2, 3)),
        (nn.GroupNorm(1, 2), (2, 2, 3)),
        (nn.Normalize(1.5), (2, 5)),
        (nn.SpatialCrossMapLRN(3, 2.0), (2, 4, 2, 2)),
        (nn.SpatialDivisiveNormalization(2, [1, 2, 3]), (2, 2, 3, 4)),
    ],
)
def test_the_diagonal_against_the_general_way(norm, shape, rng):
    x, dC_dy = rng.standard_normal((2, *shape))
    for layout in (batch_last, np.asfortranarray):
        x, dC_dy = layout(x), layout(dC_dy)
        norm.forward(x)
        got = norm.backward_diag_hessian(x, dC_dy, dC_dy).copy()
        wanted = SecondOrder.backward_diag_hessian(norm, x, dC_dy, dC_dy)
        require_close(norm, "d2C_dx2", got, wanted, EXACT)


@pytest.mark.parametrize(
    "norm, shape",
    [
        (nn.BatchNormalization(2), (2, 2)),
        (nn.LayerNorm(2), (5, 2)),
        (nn.Normalize(2), (5, 1)),
        (nn.SpatialCrossMapLRN(1), (2, 1, 1, 1)),
    ],
)
def test_rounding_makes_nothing_negative(norm, shape, rng):
    norm.float()
    for _ in range(20):
        x = rng.standard_normal(shape, np.float32)
        norm.forward(x)
        h = rng.random(shape, np.float32)
        assert norm.backward_diag_hessian(x, h).min() >= 0


@pytest.mark.parametrize(
    "layout", [np.ascontiguousarray, batch_last, np.asfortranarray]
)
def test_shares_of_a_batch(layout, rng):
    x, dC_dy = (layout(a) for a in rng.standard_normal((2, 3, 2, 4, 5)))
    norm = nn.SpatialBatchNormalization(2, eps=0.0)
    xhat = (x - x.mean((0, 2, 3), keepdims=True)) / x.std((0, 2, 3), keepdims=True)
    norm.forward(x)
    weight, bias = norm.per_example_grads(x, dC_dy)
    np.testing.assert_allclose(weight, (dC_dy * xhat).sum((2, 3)), rtol=1e-10)
    np.testing.assert_allclose(bias, dC_dy.sum((2, 3)), rtol=1e-10)
    wanted = (weight**2 + bias**2).sum(1)
    got = norm.per_example_sq_norms(x, dC_dy)
    np.testing.assert_allclose(got, wanted, rtol=1e-12)
    mixed = nn.LayerNormalization(3)
    rows_ = rng.standard_normal((4, 3))
    y, v = mixed(rows_), rng.standard_normal((4, 3))
    np.testing.assert_allclose(mixed.per_example_grads(rows_, v)[0], v * y, rtol=1e-10)


def test_rows_of_one_example_are_summed(rng):
    norm = nn.LayerNorm(3)
    x, dC_dy = rng.standard_normal((2, 4, 5, 3))
    weight, bias = norm.per_example_grads(x, dC_dy)
    np.testing.assert_allclose(weight, (dC_dy * norm(x)).sum(1), rtol=1e-10)
    np.testing.assert_allclose(bias, dC_dy.sum(1), rtol=1e-12)
    alone = norm.per_example_grads(x[0, 0], dC_dy[0, 0])
    np.testing.assert_allclose(alone[1], dC_dy[0, :1], rtol=1e-12)
    assert norm.per_example_sq_norms(x[0, 0], dC_dy[0, 0]).shape == (1,)


@pytest.mark.parametrize(
    "norm, shape",
    [
        (nn.BatchNormalization(2), (0, 2)),
        (nn.SpatialBatchNormalization(2), (3, 2, 0, 4)),
        (nn.LayerNorm(3), (0, 3)),
        (nn.LayerNormalization(3), (0, 3)),
        (nn.GroupNorm(1, 2), (3, 2, 0)),
        (nn.InstanceNorm(2, affine=True), (0, 2, 4)),
        (nn.Normalize(3), (0, 4)),
        (nn.SpatialDivisiveNormalization(2), (0, 2, 3, 3)),
        (nn.SpatialCrossMapLRN(3), (0, 2, 3, 3)),
        (nn.SpatialSubtractiveNormalization(2), (0, 2, 3, 3)),
        (nn.SpatialContrastiveNormalization(2), (0, 2, 3, 3)),
    ],
)
def test_nothing_of_nothing(norm, shape):
    x = np.zeros(shape)
    norm.forward(x)
    turned = norm.hvp(x, x, x, norm.parameters()[0])
    assert turned is None or turned.shape == shape
    assert norm.backward_diag_hessian(x, x, x).shape == shape
    norm.acc_diag_hessian_params(x, x)
    for grads, p in zip(
        norm.per_example_grads(x, x), norm.parameters()[0], strict=True
    ):
        np.testing.assert_array_equal(grads, np.zeros((len(x), *p.shape)))
    assert norm.per_example_sq_norms(x, x).shape == (len(x),)


@pytest.mark.parametrize(
    "norm, shape",
    [
        (nn.BatchNormalization(3), (4, 3)),
        (nn.RMSNorm(3), (4, 3)),
        (nn.Normalize(2), (4, 3)),
        (nn.SpatialCrossMapLRN(3), (2, 3, 1, 1)),
        (nn.SpatialDivisiveNormalization(3), (2, 3, 1, 1)),
    ],
)
def test_wrong_shapes_and_nan(norm, shape):
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape) ** 2
    norm.forward(x)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(7,\)"):
        norm.hvp(x, np.zeros(7), x)
    with pytest.raises(ValueError, match=r"dx has shape \(7,\)"):
        norm.hvp(x, x, np.zeros(7))
    with pytest.raises(ValueError, match=r"d2C_dy2 has shape \(7,\)"):
        norm.backward_diag_hessian(x, np.zeros(7))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(7,\)"):
        norm.backward_diag_hessian(x, x, np.zeros(7))
    assert np.isfinite(norm.hvp(x, x, x)).all()
    nan = np.full(shape, np.nan)
    norm.forward(nan)
    assert np.isnan(norm.hvp(nan, x, x)).all()
    assert np.isnan(norm.backward_diag_hessian(nan, x)).all()


def test_mixed_means_go_the_general_way(rng):
    norm = nn.LayerNormalization(3)
    x, h = rng.standard_normal((2, 4, 3))
    norm.forward(x)
    wanted = rows.squared_inputs(norm, x, h)
    require_close(norm, "d2C_dx2", norm.backward_diag_hessian(x, h), wanted, EXACT)
