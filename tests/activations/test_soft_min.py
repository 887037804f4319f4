"""SoftMin and the spatial softmaxes, by what they say of SoftMax and LogSoftMax."""

import numpy as np
import pytest

import nnmods as nn

SPATIAL = pytest.mark.parametrize(
    "cls, plain",
    [(nn.SpatialSoftMax, nn.SoftMax), (nn.SpatialLogSoftMax, nn.LogSoftMax)],
)
SHAPES = pytest.mark.parametrize(
    "shape, axis", [((6,), 0), ((3, 6), 1), ((6, 2, 3), 0), ((2, 6, 2, 3), 1)]
)


@SHAPES
def test_soft_min_is_softmax_of_minus_x(shape, axis, rng):
    x, dC_dy = rng.standard_normal(shape), rng.standard_normal(shape)
    module, other = nn.SoftMin(), nn.SoftMax(axis)
    np.testing.assert_allclose(module.forward(x), other.forward(-x), rtol=1e-14)
    wanted = -other.backward(-x, dC_dy)
    np.testing.assert_allclose(module.backward(x, dC_dy), wanted, rtol=1e-13)
    np.testing.assert_allclose(module.jvp(x, dC_dy), wanted, rtol=1e-13)


def test_soft_min_of_three_numbers():
    module, x = nn.SoftMin(), -np.log([2.0, 1.0, 1.0])
    np.testing.assert_allclose(module.forward(x), [0.5, 0.25, 0.25], rtol=1e-15)
    dC_dx = module.backward(x, np.array([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(dC_dx, [-0.25, 0.125, 0.125], rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_soft_min_of_extremes(dtype):
    x = np.array([[1e30, -1e30], [1e30, 1e30], [np.inf, -5], [np.nan, 0]], dtype)
    module = nn.SoftMin()
    wanted = [[0, 1], [0.5, 0.5], [0, 1], [np.nan, np.nan]]
    np.testing.assert_array_equal(module.forward(x), wanted)
    dC_dx = module.backward(x, np.eye(4, 2, dtype=dtype))
    np.testing.assert_array_equal(dC_dx[:3], [[0, 0], [0.25, -0.25], [0, 0]])


def test_soft_min_of_unsigned_integers():
    got = nn.SoftMin()(np.array([0, 3, 255], np.uint8))
    np.testing.assert_array_equal(got, nn.SoftMin()(np.array([0.0, 3.0, 255.0])))


@SPATIAL
@SHAPES
def test_the_spatial_ones_are_the_plain_ones(cls, plain, shape, axis, rng):
    x, dC_dy = rng.standard_normal(shape), rng.standard_normal(shape)
    module, other = cls(), plain(axis)
    np.testing.assert_array_equal(module.forward(x), other.forward(x))
    for verb in ("backward", "jvp"):
        got, wanted = getattr(module, verb)(x, dC_dy), getattr(other, verb)(x, dC_dy)
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("cls", [nn.SoftMin, nn.SpatialSoftMax, nn.SpatialLogSoftMax])
def test_five_axes_need_a_named_one(cls):
    x, name = np.zeros((1, 1, 4, 1, 1)), cls.__name__
    text = rf"{name}\(\): x has 5 axes, expected 1 to 4; axis= takes others"
    with pytest.raises(ValueError, match=text):
        cls().forward(x)
    assert cls(2).forward(x).shape == x.shape
    assert repr(cls(axis=-1)) == f"{name}(-1)"
