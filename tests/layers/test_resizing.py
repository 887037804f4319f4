"""Upsampling and borders."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn

ROW = np.array([[[1.0, 2.0, 4.0]]])


@pytest.mark.parametrize(
    "module, y, dC_dx",
    [
        (
            nn.SpatialZeroPadding(1, 2, 0, 0),
            [0, 1, 2, 4, 0, 0],
            [1, 2, 3],
        ),
        (nn.SpatialZeroPadding(-1, 1, 0, 0), [2, 4, 0], [0, 0, 1]),
        (nn.SpatialReflectionPadding(2, 1, 0, 0), [4, 2, 1, 2, 4, 2], [2, 9, 4]),
        (nn.SpatialReflectionPadding(-1, 1, 0, 0), [2, 4, 2], [0, 2, 1]),
        (nn.SpatialReplicationPadding(2, 1, 0, 0), [1, 1, 1, 2, 4, 4], [3, 3, 9]),
        (nn.SpatialReplicationPadding(-2, 3, 0, 0), [4, 4, 4, 4], [0, 0, 6]),
        (
            nn.SpatialUpSamplingBilinear({"oheight": 1, "owidth": 5}),
            [1, 1.5, 2, 3, 4],
            [0.5, 4, 5.5],
        ),
        (
            nn.SpatialUpSamplingBilinear({"oheight": 1, "owidth": 1}),
            [1],
            [0, 0, 0],
        ),
    ],
    ids=repr,
)
def test_rows_by_hand(module, y, dC_dx):
    assert_array_equal(module.forward(ROW)[0, 0], y)
    dC_dy = np.arange(float(len(y)))[None, None]
    assert_allclose(module.backward(ROW, dC_dy)[0, 0], dC_dx)


def test_sides_are_left_right_top_bottom():
    x = np.ones((1, 3, 4))
    y = nn.SpatialZeroPadding(1, 2, 3, 4)(x)
    assert y.shape == (1, 10, 7)
    assert_array_equal(np.argwhere(y[0]).min(axis=0), [3, 1])
    assert nn.SpatialReflectionPadding(1)(x).shape == (1, 5, 6)
    assert nn.SpatialReplicationPadding(1, None, 0)(x).shape == (1, 4, 6)
    volume = np.ones((1, 2, 3, 4))
    y = nn.VolumetricReplicationPadding(1, 0, 2, 0, 3, 0)(volume)
    assert y.shape == (1, 5, 5, 5)
    assert nn.VolumetricReplicationPadding(1)(volume).shape == (1, 4, 5, 6)


@pytest.mark.parametrize(
    "module, x",
    [
        (nn.SpatialZeroPadding(-3, -1, 0, 0), (1, 4, 4)),
        (nn.SpatialZeroPadding(-4, 6, 0, 0), (1, 4, 4)),
        (nn.SpatialReplicationPadding(0, 0, -4, 0), (1, 4, 4)),  # Torch7: either axis
        (nn.SpatialReplicationPadding(1, 0, 0, 0), (1, 4, 0)),
        (nn.SpatialReflectionPadding(4, 0, 0, 0), (1, 4, 4)),  # Torch7 reads beyond it
        (nn.SpatialReflectionPadding(0, 0, 0, 5), (1, 4, 4)),
        (nn.SpatialReflectionPadding(-1, 5, 0, 0), (1, 4, 4)),
        (nn.SpatialReflectionPadding(1, 1, 0, 0), (1, 4, 1)),
        (nn.VolumetricReplicationPadding(0, 0, 0, 0, -1, -1), (1, 2, 4, 4)),
    ],
    ids=repr,
)
def test_borders_that_do_not_fit_are_refused(module, x):
    with pytest.raises(ValueError, match="x has spatial size") as caught:
        module.forward(np.ones(x))
    assert repr(module) in str(caught.value)
    assert module.y is None


def test_the_widest_mirror_is_one_entry_less():
    y = nn.SpatialReflectionPadding(2, 2, 0, 0)(ROW)
    assert_array_equal(y[0, 0], [4, 2, 1, 2, 4, 2, 1])


def test_wrong_sides_are_refused():
    with pytest.raises(TypeError, match=r"padding is \[1.5, 1.5, 1.5, 1.5\]"):
        nn.SpatialZeroPadding(1.5)


def test_nearest_by_hand():
    x = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    module = nn.SpatialUpSamplingNearest(2)
    wanted = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert_array_equal(module.forward(x)[0], wanted)
    dC_dy = np.arange(16.0).reshape(1, 4, 4)
    assert_array_equal(module.backward(x, dC_dy)[0], [[10, 18], [42, 50]])
    assert_array_equal(nn.UpSampling(2)(x[None])[0, 0], wanted)
    volume = nn.UpSampling(2)(x[None, None])
    assert_array_equal(volume, np.repeat([[[wanted]]], 2, axis=2))


def test_pixel_shuffle_by_hand():
    x = np.arange(8.0).reshape(4, 1, 2)
    module = nn.PixelShuffle(2)
    y = module.forward(x)
    assert_array_equal(y, [[[0, 2, 1, 3], [4, 6, 5, 7]]])
    assert_array_equal(module.backward(x, y), x)
    with pytest.raises(ValueError, match="x has 3 channels, expected a multiple of 4"):
        module.forward(np.ones((3, 1, 2)))


def test_torch7_interpolates_in_single_precision():
    """Its places are floats whatever the data: 0.42857143..., not 3/7."""
    x = np.arange(4.0).reshape(1, 1, 1, 4)
    y = nn.SpatialUpSamplingBilinear({"oheight": 1, "owidth": 8})(x)
    assert y[0, 0, 0, 1] == np.float32(3) / np.float32(7)
    assert (
        nn.Upsample((1, 8), mode="bilinear", align_corners=True)(x)[0, 0, 0, 1] == 3 / 7
    )
    assert_array_equal(y, nn.UpSampling({"oheight": 1, "owidth": 8}, "linear")(x))


@pytest.mark.parametrize(
    "module, x, message",
    [
        (nn.UpSampling(2), (2, 3, 4), "expected 4 or 5 axes"),
        (
            nn.UpSampling({"oheight": 2, "owidth": 2}, "linear"),
            (1, 1, 2, 2, 2),
            "volumes need odepth",
        ),
        (nn.UpSampling(2), (1, 1, 0, 2), r"spatial size \(0, 2\)"),
        (nn.SpatialUpSamplingNearest(2), (3, 4), r"x has shape \(3, 4\)"),
        (nn.SpatialUpSamplingBilinear(2), (3, 4), r"x has shape \(3, 4\)"),
        (nn.SpatialUpSamplingBilinear(2), (1, 0, 4), r"spatial size \(0, 4\)"),
        (nn.Upsample(4, mode="bilinear"), (1, 2, 3), "expected 4 axes"),
        (nn.Upsample(4), (1, 2), "expected 3 or 4 or 5 axes"),
        (nn.Upsample((4, 4)), (1, 2, 3), "x has 1 spatial axes, expected 2"),
        (nn.Upsample(scale_factor=0.3), (1, 2, 3), r"which gives \(0,\)"),
        (nn.Upsample(0), (1, 2, 3), r"which gives \(0,\)"),
    ],
    ids=repr,
)
def test_what_does_not_fit_is_refused(module, x, message):
    with pytest.raises(ValueError, match=message) as caught:
        module.forward(np.ones(x))
    assert repr(module) in str(caught.value)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: nn.SpatialUpSamplingNearest(1), ValueError, "scale is 1, expected at"),
        (lambda: nn.SpatialUpSamplingNearest(1.5), TypeError, "scale is 1.5"),
        (lambda: nn.SpatialUpSamplingBilinear(0), ValueError, "scale is 0"),
        (lambda: nn.SpatialUpSamplingBilinear({"owidth": 3}), ValueError, "has keys"),
        (lambda: nn.UpSampling(1), ValueError, "expected a factor of at least 2"),
        (
            lambda: nn.UpSampling({"oheight": 3, "owidth": 3}),
            ValueError,
            "expected a factor",
        ),
        (
            lambda: nn.UpSampling({"oheight": 0, "owidth": 3}, "linear"),
            ValueError,
            "expected at least 1",
        ),
        (lambda: nn.UpSampling(2, "cubic"), ValueError, "mode is 'cubic'"),
        (lambda: nn.Upsample(), ValueError, "expected just one"),
        (lambda: nn.Upsample(2, 2), ValueError, "expected just one"),
        (lambda: nn.Upsample(2, mode="area"), ValueError, "mode is 'area'"),
        (lambda: nn.Upsample(2, align_corners=True), ValueError, "align_corners"),
        (lambda: nn.PixelShuffle(0), ValueError, "upscale_factor is 0"),
    ],
)
def test_wrong_arguments_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_modes_and_reprs():
    assert repr(nn.UpSampling(2)) == "UpSampling(2)"
    assert repr(nn.UpSampling(2, "trilinear")) == "UpSampling(2, mode='linear')"
    assert repr(nn.UpSampling(2, None)) == "UpSampling(2)"
    got = repr(nn.Upsample(scale_factor=2, mode="bicubic", align_corners=True))
    assert got == "Upsample(scale_factor=2, mode='bicubic', align_corners=True)"
    got = repr(nn.SpatialZeroPadding(1, 2, 3, 4))
    assert got == "SpatialZeroPadding(pad_l=1, pad_r=2, pad_t=3, pad_b=4)"


def test_an_infinity_stays_where_it_is():
    x = np.array([[[1.0, np.inf, 3.0]]])
    y = nn.SpatialUpSamplingBilinear({"oheight": 1, "owidth": 5})(x)
    assert_array_equal(y[0, 0], [1, np.inf, np.inf, np.inf, 3])
    assert_array_equal(nn.SpatialReflectionPadding(0, 1, 0, 0)(x)[0, 0, 0], 1)


MODES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
SIZES = {1: (5,), 2: (4, 7), 3: (3, 5, 2)}


def agree(module, theirs, x, rng):
    torch = pytest.importorskip("torch")
    x = rng.standard_normal(x)
    input = torch.tensor(x, requires_grad=True)
    output = theirs(torch.nn)(input)
    y = module.forward(x)
    assert_allclose(y, output.detach().numpy(), rtol=1e-12, atol=1e-13)
    dC_dy = rng.standard_normal(y.shape)
    output.backward(torch.tensor(dC_dy))
    dC_dx = module.backward(x, dC_dy)
    assert_allclose(dC_dx, input.grad.numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("corners", [False, True])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "options", [{"size": 8}, {"size": 1}, {"scale_factor": 2.5}, {"scale_factor": 0.7}]
)
def test_upsample_is_that_of_pytorch(options, mode, corners, rng):
    options = {**options, "mode": mode, "align_corners": corners}
    x = (2, 3, *SIZES[MODES[mode]])
    agree(nn.Upsample(**options), lambda t: t.Upsample(**options), x, rng)


@pytest.mark.parametrize("axes", SIZES)
@pytest.mark.parametrize(
    "options", [{"size": 8}, {"size": 49}, {"scale_factor": 2.5}, {"scale_factor": 0.7}]
)
def test_nearest_is_that_of_pytorch(options, axes, rng):
    x = (2, 1, *SIZES[axes])
    agree(nn.Upsample(**options), lambda t: t.Upsample(**options), x, rng)


@pytest.mark.parametrize(
    "module, theirs",
    [
        (nn.PixelShuffle(3), lambda t: t.PixelShuffle(3)),
        (nn.SpatialUpSamplingNearest(3), lambda t: t.UpsamplingNearest2d(None, 3)),
        (
            nn.SpatialReflectionPadding(3, 2, 1, 4),
            lambda t: t.ReflectionPad2d((3, 2, 1, 4)),
        ),
        (
            nn.SpatialReplicationPadding(3, -2, 1, 9),
            lambda t: t.ReplicationPad2d((3, -2, 1, 9)),
        ),
        (
            nn.SpatialZeroPadding(3, -2, -1, 4),
            lambda t: t.ZeroPad2d((3, -2, -1, 4)),
        ),
    ],
    ids=repr,
)
def test_others_are_those_of_pytorch(module, theirs, rng):
    agree(module, theirs, (2, 9, 5, 4), rng)


def test_squared_shares_of_interpolation():
    resize = nn.SpatialUpSamplingBilinear({"oheight": 1, "owidth": 3})
    x, h = np.array([[[0.0, 2.0]]]), np.array([[[1.0, 4.0, 16.0]]])
    assert_array_equal(resize.backward_diag_hessian(x, h), [[[2, 17]]])
    assert_array_equal(resize.backward(x, h), [[[3, 18]]])  # as before
