import numpy as np
import pytest

from nnmods.layers.normalization import (
    BatchNormalization,
    SpatialBatchNormalization,
    VolumetricBatchNormalization,
)
from nnmods.testing import check_module


def rows(x):
    """Return (N, C, *S) as one row per channel."""
    return np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)


def batch_last(x):
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


def turned(x):
    """Return an equal array with the spatial axes swapped in memory."""
    return np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)


CLASSES = {
    2: BatchNormalization,
    4: SpatialBatchNormalization,
    5: VolumetricBatchNormalization,
}
LAYOUTS = [np.ascontiguousarray, batch_last, turned, np.asfortranarray]


def test_values_by_hand():
    norm = BatchNormalization(2, eps=0.0, momentum=0.25)
    norm.weight[...], norm.bias[...] = [1, 2], [0, 10]
    x = np.array([[1.0, 0.0], [3.0, 8.0]])  # means 2 and 4, variances 1 and 16
    np.testing.assert_allclose(norm(x), [[-1, 8], [1, 12]], rtol=1e-15)
    np.testing.assert_allclose(norm.running_mean, [0.5, 1], rtol=1e-15)
    np.testing.assert_allclose(norm.running_var, [0.75 + 0.5, 0.75 + 8], rtol=1e-15)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2, 3), (3, 3, 6, 5), (3, 3, 2, 4, 2)])
def test_against_the_dense_jacobian(shape, layout, rng):
    x, dC_dy, dx = (layout(a) for a in rng.standard_normal((3, *shape)))
    norm = CLASSES[len(shape)](3, eps=0.1, rng=0)
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


@pytest.mark.parametrize("shape", [(2,), (2, 3, 4), (2, 3, 4, 2)])
def test_one_sample_in_evaluation_gets_a_batch_axis(shape, rng):
    norm = CLASSES[len(shape) + 1](2)
    norm.forward(rng.standard_normal((3, *shape)))
    norm.evaluate()
    x, dC_dy, dx = rng.standard_normal((3, *shape))
    y, dC_dx = norm(x), norm.backward(x, dC_dy[None]).copy()
    assert y.shape == (1, *shape) and dC_dx.shape == shape
    np.testing.assert_array_equal(y, norm(x[None]))
    np.testing.assert_array_equal(dC_dx[None], norm.backward(x[None], dC_dy[None]))
    np.testing.assert_array_equal(dC_dx, norm.backward(x, dC_dy))
    np.testing.assert_allclose(
        np.vdot(norm.jvp(x, dx), dC_dy), np.vdot(dx, dC_dx), rtol=1e-12
    )


@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 3, 3), (1, 2, 3, 3, 2)])
def test_a_batch_of_one_in_training_uses_the_running_statistics(shape, rng):
    norm = CLASSES[len(shape)](2)
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
        (VolumetricBatchNormalization(3), (3, 2, 2, 2)),
        (VolumetricBatchNormalization(3), (2, 4, 2, 2, 2)),
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


def test_none_means_the_default():
    norm = BatchNormalization(3, None, None, None)
    assert repr(norm) == "BatchNormalization(3)"
    norm = BatchNormalization(3, None, None, False)
    assert repr(norm) == "BatchNormalization(3, affine=False)"
    assert (norm.eps, norm.momentum) == (1e-5, 0.1)


def test_errors_of_constructors():
    with pytest.raises(ValueError, match="n_features is 0, expected 1 or more"):
        BatchNormalization(0)
    with pytest.raises(TypeError, match="affine is 5, expected True or False"):
        BatchNormalization(3, 1e-5, 0.1, 5)
    with pytest.raises(TypeError, match="n_features is None, expected an integer"):
        SpatialBatchNormalization(None)


def test_a_constant_channel_without_eps_gives_the_bias():
    norm = BatchNormalization(2, eps=0.0)
    norm.weight[...], norm.bias[...] = [2, 3], [5, 7]
    x = np.array([[4.0, 1.0], [4.0, 3.0]])
    np.testing.assert_allclose(norm(x), [[5, 4], [5, 10]])
    np.testing.assert_array_equal(norm.backprop(x, x)[:, 0], [0, 0])
    np.testing.assert_array_equal(norm.grad_weight[0], 0)


@pytest.mark.parametrize("layout", [np.ascontiguousarray, batch_last])
@pytest.mark.parametrize("size", [1e-42, 1e-30, 1e18, 1e30, 1e37])
def test_extremes_in_float32(layout, size, rng):
    x = layout((rng.standard_normal((4, 3, 2, 3)) * size).astype(np.float32))
    dC_dy = layout(rng.standard_normal(x.shape).astype(np.float32))
    norm = SpatialBatchNormalization(3, rng=0).float()
    wide = norm.clone().double()
    wanted = wide(x.astype(np.float64))
    np.testing.assert_allclose(norm(x), wanted, rtol=1e-4, atol=1e-5)
    dC_dx = norm.backward(x, dC_dy)
    wanted = wide.backward(x.astype(np.float64), dC_dy.astype(np.float64))
    np.testing.assert_allclose(dC_dx, wanted, rtol=1e-3, atol=1e-4 * abs(wanted).max())
    np.testing.assert_allclose(
        norm.running_mean, wide.running_mean, rtol=1e-4, atol=1e-44
    )
    with np.errstate(over="ignore"):  # a variance of 1e60 is no float32
        wanted = wide.running_var.astype(np.float32)
    np.testing.assert_allclose(norm.running_var, wanted, rtol=1e-4)
    norm.forward(x)
    assert not np.isnan(norm.running_var).any()
    assert np.isfinite(norm.evaluate()(x)).all()


def test_extremes_in_float64(rng):
    x = rng.standard_normal((6, 2))
    norm = BatchNormalization(2, eps=0.0, affine=False)
    wanted = norm(x)
    for size in (1e-150, 1e200, 1e300):
        np.testing.assert_allclose(norm(x * size), wanted, rtol=1e-12)


def test_nan_and_infinity_stay_in_their_channel(rng):
    x = rng.standard_normal((4, 3))
    x[1, 0], x[2, 1] = np.nan, np.inf
    norm = BatchNormalization(3, affine=False)
    y, dC_dx = norm(x), norm.backward(x, np.ones_like(x))
    assert np.isnan(y[:, 0]).all() and np.isnan(dC_dx[:, 0]).all()
    assert np.isnan(y[2, 1])
    assert np.isfinite(y[:, 2]).all() and np.isfinite(dC_dx[:, 2]).all()


def test_against_pytorch(rng):
    torch = pytest.importorskip("torch")
    for ndim, make in CLASSES.items():
        norm, shape = make(3, 1e-3, 0.3, rng=0), (4, 3, 2, 5, 2)[:ndim]
        peer = {2: torch.nn.BatchNorm1d, 4: torch.nn.BatchNorm2d}.get(
            ndim, torch.nn.BatchNorm3d
        )(3, 1e-3, 0.3, dtype=torch.float64)
        with torch.no_grad():
            peer.weight.copy_(torch.from_numpy(norm.weight))
        x, dC_dy = rng.standard_normal((2, *shape))
        t = torch.from_numpy(x).requires_grad_()
        y = peer(t)
        y.backward(torch.from_numpy(dC_dy))
        for got, wanted in (
            (norm(x), y),
            (norm.backprop(x, dC_dy), t.grad),
            (norm.grad_weight, peer.weight.grad),
            (norm.grad_bias, peer.bias.grad),
            (norm.running_mean, peer.running_mean),
            (norm.running_var, peer.running_var),
        ):
            wanted = wanted.detach().numpy()
            np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)
