"""Subtractive, divisive and contrastive normalisation."""

import numpy as np
import pytest

from nnmods.layers.normalization import (
    SpatialContrastiveNormalization,
    SpatialDivisiveNormalization,
    SpatialSubtractiveNormalization,
)

CLASSES = [
    SpatialSubtractiveNormalization,
    SpatialDivisiveNormalization,
    SpatialContrastiveNormalization,
]
KERNELS = [
    None,
    np.ones(3),
    np.array([1.0, 4.0, 2.0]),
    np.array([2.0]),
    np.ones((3, 5)),
    np.array([[1.0, 4.0, 2.0], [0.0, 3.0, 1.0], [2.0, 1.0, 5.0]]),
    np.array([[1.0], [2.0], [4.0], [0.0], [3.0]]),
]


def local_matrix(kernel, C, H, W):
    """Return L as a matrix (H * W, H * W), entry by entry."""
    kernel = np.ones((9, 9)) if kernel is None else kernel
    kernel = np.outer(kernel, kernel) if kernel.ndim == 1 else kernel
    weights = kernel / (kernel.sum() * C)
    h, w = np.array(kernel.shape) // 2
    L = np.zeros((H, W, H, W))
    for i, j in np.ndindex(H, W):
        for k, m in np.ndindex(kernel.shape):
            if 0 <= i + k - h < H and 0 <= j + m - w < W:
                L[i, j, i + k - h, j + m - w] = weights[k, m]
    return L.reshape(H * W, H * W)


def subtracted(x, L):
    mean = x.sum(axis=0) @ L.T / (len(x) * L.sum(axis=1))
    return x - mean


def divided(x, L, threshold, thresval):
    t = np.sqrt((x**2).sum(axis=0) @ L.T) / (len(x) * L.sum(axis=1))
    return x / np.where(t > threshold, t, thresval)


def expected(cls, x, kernel, threshold=1e-4, thresval=1e-4):
    """Return y of one image."""
    L, flat = local_matrix(kernel, *x.shape), x.reshape(len(x), -1)
    with np.errstate(invalid="ignore"):  # a place without a neighbour is 0 / 0
        if cls is not SpatialDivisiveNormalization:
            flat = subtracted(flat, L)
        if cls is not SpatialSubtractiveNormalization:
            flat = divided(flat, L, threshold, thresval)
    return flat.reshape(x.shape)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("C, H, W", [(1, 4, 5), (3, 2, 6), (2, 1, 1)])
def test_values(cls, kernel, C, H, W, rng):
    x = rng.standard_normal((2, C, H, W))
    norm = cls(C, kernel)
    y = norm(x)
    for i in range(2):
        wanted = expected(cls, x[i], kernel)
        np.testing.assert_allclose(y[i], wanted, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(norm(x[i]), wanted, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("kernel", KERNELS[1:])
@pytest.mark.parametrize("options", [(), (0.9,), (0.9, 0.4)])
def test_gradients_by_differences(cls, kernel, options, rng):
    if options and cls is SpatialSubtractiveNormalization:
        return
    norm = cls(2, kernel, *options)
    x, dC_dy, dx = rng.standard_normal((3, 2, 2, 4, 5))
    change = (norm(x + 1e-6 * dx) - norm(x - 1e-6 * dx)) / 2e-6
    dC_dx = norm.backward(x, dC_dy)
    np.testing.assert_allclose(norm.jvp(x, dx), change, rtol=1e-6, atol=1e-7)
    got, wanted = np.vdot(dC_dx, dx), np.vdot(dC_dy, change)
    np.testing.assert_allclose(got, wanted, rtol=1e-7, atol=1e-8)


def test_divisive_thresholds_by_hand():
    x = np.array([[[0.5, -2.0, 1.0]]])
    alone = np.ones(1)  # t is abs(x)
    for options, wanted in (
        ((), [1, -1, 1]),
        ((1.0,), [0.5, -1, 1]),
        ((1.0, 4.0), [0.125, -1, 0.25]),  # 1 is not above 1
        ((None, 4.0), [1, -1, 1]),
    ):
        norm = SpatialDivisiveNormalization(1, alone, *options)
        np.testing.assert_allclose(norm(x)[0, 0], wanted)
    norm = SpatialDivisiveNormalization(1, alone, 1.0, 4.0)
    dC_dx = norm.backward(x, np.ones((1, 1, 3)))
    np.testing.assert_allclose(dC_dx, [[[0.25, 0, 0.25]]], atol=1e-15)


def test_the_gradient_where_all_is_0():
    x = np.zeros((1, 3, 3))
    for threshold in (1e-4, -1.0):
        norm = SpatialDivisiveNormalization(1, np.ones(3), threshold, 0.5)
        if threshold > 0:
            np.testing.assert_array_equal(norm.backward(x, x + 1), x + 2)
        else:
            assert np.isnan(norm(x)).all()  # 0 / 0, quietly


def test_the_scale_of_a_kernel_does_not_matter(rng):
    x, kernel = rng.standard_normal((2, 4, 4)), np.array([1.0, 4.0, 2.0])
    before = kernel.copy()
    for cls in CLASSES:
        np.testing.assert_allclose(cls(2, kernel)(x), cls(2, 10 * kernel)(x))
        np.testing.assert_allclose(cls(2, kernel)(x), cls(2, [1, 4, 2])(x))
        np.testing.assert_allclose(
            cls(2, kernel)(x), cls(2, np.outer(kernel, kernel))(x)
        )
    np.testing.assert_array_equal(kernel, before)
    np.testing.assert_allclose(cls(2, kernel).kernel, kernel / 14)


@pytest.mark.parametrize("cls", CLASSES)
def test_a_changed_size_and_batch(cls, rng):
    """Torch7 keeps the edges of the last size when only the batch changes."""
    norm = cls(2, np.ones(3))
    for shape in ((2, 2, 4, 5), (3, 2, 4, 5), (2, 5, 4), (2, 2, 5, 4), (2, 4, 5)):
        x = rng.standard_normal(shape)
        one, wanted = (x[0], norm(x)[0]) if len(shape) == 4 else (x, norm(x))
        np.testing.assert_allclose(wanted, expected(cls, one, np.ones(3)), rtol=1e-11)


@pytest.mark.parametrize("cls", CLASSES)
def test_another_x_than_that_of_forward(cls, rng):
    a, b, dC_dy, dx = rng.standard_normal((4, 2, 2, 4, 5))
    one, two = cls(2, np.ones(3)), cls(2, np.ones(3))
    one.forward(b)
    wanted = one.backward(b, dC_dy), one.jvp(b, dx)
    two.forward(a)
    np.testing.assert_array_equal(two.backward(b, dC_dy), wanted[0])
    two.forward(a)
    np.testing.assert_array_equal(two.jvp(b, dx), wanted[1])
    np.testing.assert_array_equal(cls(2, np.ones(3)).backward(b, dC_dy), wanted[0])
    b *= 2
    two.forward(b)
    np.testing.assert_array_equal(
        two.backward(b, dC_dy), cls(2, np.ones(3)).backward(b, dC_dy)
    )


@pytest.mark.parametrize("cls", CLASSES)
def test_nan_stays_in_its_neighbourhood(cls, rng):
    x = rng.standard_normal((2, 1, 9, 9))
    x[0, 0, 0, 0] = np.nan
    norm = cls(1, np.ones(3))
    y, dC_dx = norm(x), norm.backward(x, np.ones_like(x))
    assert np.isnan(y[0, 0, 0, 0])
    linear = cls is SpatialSubtractiveNormalization  # its Jacobian has no x in it
    assert np.isnan(dC_dx[0, 0, 0, 0]) != linear
    assert np.isfinite(y[0, 0, 5:, 5:]).all() and np.isfinite(y[1]).all()
    assert np.isfinite(dC_dx[0, 0, 7:, 7:]).all() and np.isfinite(dC_dx[1]).all()


def test_a_place_without_neighbours_is_nan_quietly(rng):
    x = rng.standard_normal((1, 3, 4))
    to_the_right = np.array([[0.0, 0.0, 1.0]])
    y = SpatialSubtractiveNormalization(1, to_the_right)(x)
    np.testing.assert_allclose(y[..., :-1], x[..., :-1] - x[..., 1:], rtol=1e-12)
    assert np.isnan(y[..., -1]).all()
    y = SpatialDivisiveNormalization(1, to_the_right, 1e-4, 0.5)(x)
    np.testing.assert_allclose(y[..., :-1], x[..., :-1] / abs(x[..., 1:]), rtol=1e-12)
    np.testing.assert_allclose(y[..., -1], x[..., -1] / 0.5)  # NaN is not above 1e-4


@pytest.mark.parametrize("cls", CLASSES)
def test_float32_and_integers(cls, rng):
    x = rng.integers(0, 255, (2, 2, 6, 5)).astype(np.uint8)
    norm = cls(2, np.ones((3, 3)))
    wanted = norm(x.astype(np.float64))
    np.testing.assert_allclose(norm(x), wanted, rtol=1e-12)
    y = norm.float()(x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize(
    "kernel", [np.ones(4), np.ones((3, 4)), np.ones((2, 3)), np.ones((3, 3, 3)), 1.0]
)
def test_kernels_that_are_refused(cls, kernel):
    with pytest.raises(ValueError, match="kernel has shape .*axes of odd length"):
        cls(1, kernel)


@pytest.mark.parametrize("cls", CLASSES)
def test_errors(cls):
    with pytest.raises(ValueError, match="kernel has sum 0, expected another sum"):
        cls(1, np.array([-1.0, 0, 1]))
    with pytest.raises(ValueError, match="n_input_plane is 0"):
        cls(0)
    norm = cls(2)
    with pytest.raises(ValueError, match=r"x has shape \(3, 4, 4\), expected \(2, \*,"):
        norm.forward(np.ones((3, 4, 4)))
    with pytest.raises(ValueError, match=r"x has shape \(4, 4\), expected \(\*, 2, "):
        norm.forward(np.ones((4, 4)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2, 4, 5\), expected \(2"):
        norm.backward(np.ones((2, 4, 4)), np.ones((2, 4, 5)))


def test_repr():
    assert repr(SpatialSubtractiveNormalization()) == (
        "SpatialSubtractiveNormalization(1)"
    )
    assert repr(SpatialDivisiveNormalization(2, np.ones(3), 0.1)) == (
        "SpatialDivisiveNormalization(2, kernel of shape (3,), threshold=0.1)"
    )
    assert repr(SpatialContrastiveNormalization(2, None, None, 0.5)) == (
        "SpatialContrastiveNormalization(2, thresval=0.5)"
    )
