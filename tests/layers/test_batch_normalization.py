import numpy as np
import pytest

from nnmods.layers.normalization import BatchNormalization, SpatialBatchNormalization
from nnmods.testing import check_module


def rows(x):
    """Return (N, C, *S) as one row per channel."""
    return np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)


def batch_last(x):
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


def turned(x):
    """Return an equal array with the spatial axes swapped in memory."""
    return np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)


LAYOUTS = [np.ascontiguousarray, batch_last, turned, np.asfortranarray]


def test_values_by_hand():
    norm = BatchNormalization(2, eps=0.0, momentum=0.25)
    norm.weight[...], norm.bias[...] = [1, 2], [0, 10]
    x = np.array([[1.0, 0.0], [3.0, 8.0]])  # means 2 and 4, variances 1 and 16
    np.testing.assert_allclose(norm(x), [[-1, 8], [1, 12]], rtol=1e-15)
    np.testing.assert_allclose(norm.running_mean, [0.5, 1], rtol=1e-15)
    np.testing.assert_allclose(norm.running_var, [0.75 + 0.5, 0.75 + 8], rtol=1e-15)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2, 3), (3, 3, 6, 5)])
def test_against_the_dense_jacobian(shape, layout, rng):
    x, dC_dy, dx = (layout(a) for a in rng.standard_normal((3, *shape)))
    make = BatchNormalization if len(shape) == 2 else SpatialBatchNormalization
    norm = make(3, eps=0.1, rng=0)
    norm.bias[...] = [1, 2, 3]
    y, dC_dx, dy = norm(x), norm.backward(x, dC_dy), norm.jvp(x, dx)
    norm.acc_grad_params(x, dC_dy)
    for c in range(3):
        values = rows(x)[c]
        M, std = len(values), np.sqrt(values.var() + 0.1)
        xhat = (values - values.mean()) / std
        J = np.eye(M) - 1 / M - np.outer(xhat, xhat) / M
        J *= norm.weight[c] / std
        wanted = norm.weight[c] * xhat + norm.bias[c]
        np.testing.assert_allclose(rows(y)[c], wanted, rtol=1e-12)
        v = rows(dC_dy)[c]
        np.testing.assert_allclose(rows(dC_dx)[c], J.T @ v, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(rows(dy)[c], J @ rows(dx)[c], rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(norm.grad_weight[c], v @ xhat, rtol=1e-12)
        np.testing.assert_allclose(norm.grad_bias[c], v.sum(), rtol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_arrays_larger_than_a_block(layout, rng):
    x = layout(rng.standard_normal((20, 5, 32, 33)))  # 169 kB a channel
    dC_dy = layout(rng.standard_normal(x.shape))
    norm = SpatialBatchNormalization(5, eps=0.0, rng=0)
    y, dC_dx = rows(norm(x)), rows(norm.backward(x, dC_dy))
    v, weight = rows(dC_dy), norm.weight[:, None]
    mean, std = rows(x).mean(1, keepdims=True), rows(x).std(1, keepdims=True)
    xhat = (rows(x) - mean) / std
    np.testing.assert_allclose(y, weight * xhat, rtol=1e-10, atol=1e-13)
    wanted = v - v.mean(1, keepdims=True) - xhat * (v * xhat).mean(1, keepdims=True)
    np.testing.assert_allclose(dC_dx, weight / std * wanted, rtol=1e-9, atol=1e-13)
    norm.backprop(x, dC_dy)
    np.testing.assert_allclose(norm.grad_weight, (v * xhat).sum(1), rtol=1e-10)
    first = norm.grad_weight.copy()
    norm.acc_grad_params(x, dC_dy, scale=2.0)
    np.testing.assert_allclose(norm.grad_weight, 3 * first, rtol=1e-13)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_mean_far_from_0_in_float32(order, rng):
    x = (1000 + rng.standard_normal((20_000, 2))).astype(np.float32, order=order)
    norm = BatchNormalization(2, affine=False).float()
    wide = x.astype(np.float64)
    wanted = (wide - wide.mean(0)) / np.sqrt(wide.var(0) + 1e-5)
    np.testing.assert_allclose(norm(x), wanted, atol=1e-4)


def test_evaluation_uses_the_running_statistics():
    norm = BatchNormalization(2, eps=0.0).evaluate()
    norm.running_mean[...], norm.running_var[...] = [1, 2], [4, 16]
    norm.weight[...], norm.bias[...] = [1, 8], [0, 5]
    x = np.array([[3.0, 4.0]])
    np.testing.assert_array_equal(norm(x), [[1, 9]])
    np.testing.assert_array_equal(norm.backward(x, np.ones((1, 2))), [[0.5, 2]])
    norm.acc_grad_params(x, np.array([[10.0, 10.0]]))
    np.testing.assert_array_equal(norm.grad_weight, [10, 5])
    np.testing.assert_array_equal(norm.grad_bias, [10, 10])
    np.testing.assert_array_equal(norm.running_mean, [1, 2])


@pytest.mark.parametrize("shape", [(2,), (2, 3, 4)])
def test_one_sample_in_evaluation_gets_a_batch_axis(shape, rng):
    norm = (BatchNormalization if len(shape) == 1 else SpatialBatchNormalization)(2)
    norm.forward(rng.standard_normal((3, *shape)))
    norm.evaluate()
    x, dC_dy, dx = rng.standard_normal((3, *shape))
    y, dC_dx = norm(x), norm.backward(x, dC_dy[None]).copy()
    assert y.shape == (1, *shape) and dC_dx.shape == shape
    np.testing.assert_array_equal(y, norm(x[None]))
    np.testing.assert_array_equal(dC_dx[None], norm.backward(x[None], dC_dy[None]))
    np.testing.assert_allclose(
        np.vdot(norm.jvp(x, dx), dC_dy), np.vdot(dx, dC_dx), rtol=1e-12
    )


@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 3, 3)])
def test_a_batch_of_one_in_training_uses_the_running_statistics(shape, rng):
    norm = (BatchNormalization if len(shape) == 2 else SpatialBatchNormalization)(2)
    norm.running_mean[...], norm.running_var[...] = [1, 2], [4, 16]
    x, dC_dy = rng.standard_normal((2, *shape))
    y, dC_dx = norm(x), norm.backprop(x, dC_dy).copy()
    np.testing.assert_array_equal(norm.running_mean, [1, 2])
    np.testing.assert_array_equal(norm.running_var, [4, 16])
    norm.evaluate()
    np.testing.assert_array_equal(y, norm(x))
    np.testing.assert_array_equal(dC_dx, norm.backward(x, dC_dy))


def test_another_x_than_that_of_forward(rng):
    a, b, dC_dy = rng.standard_normal((3, 6, 2))
    one, two = BatchNormalization(2, rng=0), BatchNormalization(2, rng=0)
    wanted = (one.forward(b), one.backward(b, dC_dy), one.jvp(b, dC_dy))
    one.acc_grad_params(b, dC_dy)
    two.forward(a)
    two.acc_grad_params(b, dC_dy)
    np.testing.assert_allclose(two.grad_weight, one.grad_weight, rtol=1e-13)
    two.forward(a)
    np.testing.assert_allclose(two.backward(b, dC_dy), wanted[1], rtol=1e-12)
    np.testing.assert_allclose(two.jvp(b, dC_dy), wanted[2], rtol=1e-12)
    fresh = BatchNormalization(2, rng=0)
    fresh.backward(b, dC_dy)
    np.testing.assert_array_equal(fresh.running_mean, [0, 0])
    np.testing.assert_array_equal(fresh.running_var, [1, 1])


def test_initial_values():
    norm = BatchNormalization(1000, rng=0)
    assert 0 <= norm.weight.min() < 0.02 and 0.98 < norm.weight.max() < 1
    assert not norm.bias.any()
    norm.running_mean += 1
    first = norm.weight.copy()
    assert norm.reset(0) is norm
    np.testing.assert_array_equal(norm.weight, first)
    assert not norm.running_mean.any() and (norm.running_var == 1).all()


def test_statistics_are_no_parameters():
    norm = SpatialBatchNormalization(3)
    assert [path for path, _, _ in norm.named_parameters()] == ["weight", "bias"]
    plain = SpatialBatchNormalization(3, affine=False)
    assert plain.weight is None and plain.parameters() == ([], [])


def test_dtypes():
    norm = BatchNormalization(2).float()
    assert norm.running_mean.dtype == np.float32
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert norm(x).dtype == np.float64
    assert norm(x.astype(np.float32)).dtype == np.float32
    assert norm(x.astype(np.int16)).dtype == np.float32


def test_constant_and_empty_channels():
    norm = BatchNormalization(2, affine=False)
    np.testing.assert_array_equal(norm(np.full((3, 2), 7.0)), np.zeros((3, 2)))
    kept = norm.running_mean.copy()
    x = np.empty((0, 2))
    assert norm.forward(x).shape == norm.backward(x, x).shape == (0, 2)
    image = np.empty((4, 2, 0, 3))
    assert SpatialBatchNormalization(2).forward(image).shape == image.shape
    np.testing.assert_array_equal(norm.running_mean, kept)


@pytest.mark.parametrize(
    "norm, shape",
    [
        (BatchNormalization(3), (3,)),
        (BatchNormalization(3), (5, 4)),
        (BatchNormalization(3).evaluate(), (4,)),
        (BatchNormalization(3), (5, 3, 2)),
        (SpatialBatchNormalization(3), (3, 2, 2)),
        (SpatialBatchNormalization(3).evaluate(), (4, 3)),
    ],
)
def test_shapes_that_do_not_fit(norm, shape):
    with pytest.raises(ValueError, match=r"BatchNormalization\(3\): x has shape "):
        norm.forward(np.ones(shape))


def test_errors_of_other_arguments():
    norm = BatchNormalization(3)
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(5, 2\), expected \(5, 3\)"
    ):
        norm.backprop(np.ones((5, 3)), np.ones((5, 2)))
    with pytest.raises(TypeError, match="x is a list of 2"):
        norm.backprop([1, 2], np.ones((5, 2)))


@pytest.mark.parametrize("affine", [True, False])
def test_contract_of_turned_images(affine, rng):
    norm = SpatialBatchNormalization(2, affine=affine, rng=0)
    x = turned(rng.standard_normal((3, 2, 4, 5)))
    check_module(norm, x, single=False, independent=False)


def test_repr():
    assert repr(BatchNormalization(3)) == "BatchNormalization(3)"
    norm = SpatialBatchNormalization(3, 1e-3, 0.3, False)
    wanted = "SpatialBatchNormalization(3, eps=0.001, momentum=0.3, affine=False)"
    assert repr(norm) == wanted
