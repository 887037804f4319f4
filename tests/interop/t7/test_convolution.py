"""Convolutions of Torch7, from files of all ages and of other packages."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.registry import find_writer

rng = np.random.default_rng(0)
PLANES = {"nInputPlane": 2, "nOutputPlane": 3}
WINDOW = {"kW": 2, "kH": 4, "dW": 1, "dH": 2}
WEIGHT, BIAS = rng.standard_normal((3, 2, 4, 2)), rng.standard_normal(3)
IMAGES = rng.standard_normal((2, 2, 9, 7))


def convolution(name="nn.SpatialConvolution", **fields):
    return lifted(
        name, **{"weight": WEIGHT, "bias": BIAS, **PLANES, **WINDOW, **fields}
    )


def same(got, wanted, x=IMAGES):
    """Tell whether two modules are the same once their parameters are."""
    for p, q in zip(wanted.parameters()[0], got.parameters()[0], strict=True):
        p[...] = q
    assert repr(got) == repr(wanted)
    np.testing.assert_array_equal(got(x), wanted(x))
    return True


def test_settings_stand_width_first():
    got = convolution(padW=1, padH=3, gradWeight=2 * WEIGHT, gradBias=2 * BIAS)
    assert same(got, nn.SpatialConvolution(2, 3, 2, 4, 1, 2, 1, 3))
    np.testing.assert_array_equal(got.weight, WEIGHT)
    np.testing.assert_array_equal(got.bias, BIAS)
    np.testing.assert_array_equal(got.grad_weight, 2 * WEIGHT)
    np.testing.assert_array_equal(got.grad_bias, 2 * BIAS)


@pytest.mark.parametrize("name", ["nn.SpatialConvolution", "nn.SpatialConvolutionMM"])
def test_paddings_of_all_ages(name):
    assert convolution(name).padding == (0, 0)
    assert convolution(name, padding=2).padding == (2, 2)
    assert convolution(name, padding=2, padW=1, padH=3).padding == (2, 2)
    assert convolution(name, padW=1.5, padH=0.5).padding == (0, 1)  # ints in C


def test_strides_that_were_not_there_yet_are_one():
    assert convolution("nn.SpatialConvolutionMM", dW=None, dH=None).stride == (1, 1)


@pytest.mark.parametrize("shape", [(3, 2, 4, 2), (3, 16)])
def test_a_weight_is_a_matrix_or_has_four_axes(shape):
    weight = WEIGHT.reshape(shape)
    flat = convolution("nn.SpatialConvolutionMM", weight=weight)
    plain = convolution(weight=weight)
    assert flat.weight.shape == (3, 16)
    assert plain.weight.shape == (3, 2, 4, 2)
    np.testing.assert_allclose(flat(IMAGES), plain(IMAGES), rtol=1e-12)
    assert find_writer(flat).save(flat)["weight"].shape == (3, 16)


def test_a_convolution_without_bias():
    got = convolution(bias=None, gradBias=None)
    assert got.bias is None and len(got.parameters()[0]) == 1
    assert "bias" not in find_writer(got).save(got)


def test_groups_of_cudnn():
    weight = rng.standard_normal((4, 1, 3, 3))
    fields = {"nInputPlane": 2, "nOutputPlane": 4, "kW": 3, "kH": 3, "dW": 1, "dH": 1}
    fields |= {"weight": weight, "fmode": "CUDNN_ALGO", "groups": 2}
    got = lifted("cudnn.SpatialConvolution", **fields)
    assert same(got, nn.SpatialConvolution(2, 4, 3, 3, groups=2, bias=False))
    with pytest.raises(T7Error, match="weight has shape"):
        lifted("cudnn.SpatialConvolution", **(fields | {"groups": 4}))
    with pytest.raises(T7Error, match="division"):
        lifted("cudnn.SpatialConvolution", **(fields | {"groups": 0}))


def test_cudnn_has_sequences_as_images_of_one_row():
    weight, x = rng.standard_normal((3, 2 * 4)), rng.standard_normal((5, 9, 4))
    fields = {"inputFrameSize": 4, "outputFrameSize": 3, "weight": weight, "bias": BIAS}
    on_cudnn = {"kW": 4, "kH": 2, "dW": 1, "dH": 3, "padW": 0, "padH": 1}
    got = lifted("cudnn.TemporalConvolution", **fields, **on_cudnn)
    wanted = nn.TemporalConvolution(4, 3, kernel_size=2, stride=3, padding=1)
    assert same(got, wanted, x)
    got = lifted("nn.TemporalConvolution", **fields, kW=2, dW=3)
    assert same(got, nn.TemporalConvolution(4, 3, 2, 3), x)
    fields["weight"] = weight.reshape(3, 2, 4)
    assert same(lifted("nn.TemporalConvolutionFB", **fields, kW=2, dW=3), got, x)


def test_dilation():
    got = convolution("nn.SpatialDilatedConvolution", dilationW=3, dilationH=2)
    wanted = nn.SpatialDilatedConvolution(2, 3, 2, 4, 1, 2, dilation=(2, 3))
    assert same(got, wanted)


def full(**fields):
    fields = {"kW": 2, "kH": 4, "dW": 2, "dH": 3, "nInputPlane": 3} | fields
    fields |= {"nOutputPlane": 2, "weight": WEIGHT}
    return {"bias": BIAS[:2]} | fields


def test_full_convolutions():
    x = rng.standard_normal((2, 3, 4, 5))
    got = lifted("nn.SpatialFullConvolution", **full(adjW=1, adjH=2, padW=1, padH=0))
    assert same(got, nn.SpatialFullConvolution(3, 2, 2, 4, 2, 3, 1, 0, 1, 2), x)
    plain = nn.SpatialFullConvolution(3, 2, 2, 4, 2, 3)
    assert same(lifted("nn.SpatialFullConvolution", **full()), plain, x)
    matrix = WEIGHT.reshape(3, -1)
    old = lifted("nn.SpatialDeconvolution", **(full() | {"weight": matrix}))
    assert same(old, plain, x)


def test_a_volumetric_full_convolution_of_before_2016_has_its_weight_turned():
    weight, x = (
        rng.standard_normal((3, 2, 2, 1, 2)),
        rng.standard_normal((2, 3, 2, 3, 2)),
    )
    kernel = {"kT": 2, "kH": 1, "kW": 2, "dT": 1, "dH": 2, "dW": 2, **PLANES}
    kernel |= {"nInputPlane": 3, "nOutputPlane": 2, "bias": BIAS[:2]}
    new = {"padT": 1, "padH": 0, "padW": 0, "adjT": 0, "adjH": 1, "adjW": 0}
    got = lifted("nn.VolumetricFullConvolution", **kernel, **new, weight=weight)
    wanted = nn.VolumetricFullConvolution(
        3, 2, kernel_size=(2, 1, 2), stride=(1, 2, 2), padding=(1, 0, 0),
        output_padding=(0, 1, 0),
    )  # fmt: skip
    assert same(got, wanted, x)

    old = {"pT": 1, "pH": 0, "pW": 0}
    turned = np.ascontiguousarray(weight.swapaxes(0, 1))
    kernel |= {"weight": turned, "gradWeight": 2 * turned}
    for name in ("nn.VolumetricFullConvolution", "nn.VolumetricDeconvolution"):
        got = lifted(name, **kernel, **old)
        assert got.padding == (1, 0, 0) and got.output_padding == (0, 0, 0)
        np.testing.assert_array_equal(got.weight, weight)
        np.testing.assert_array_equal(got.grad_weight, 2 * weight)
        assert got.weight.flags.c_contiguous


def test_connections_count_from_one():
    table = np.array([[1.0, 2], [3, 1], [3, 2]])
    weight = rng.standard_normal((3, 4, 2))
    fields = {"connTable": table, "weight": weight, "bias": BIAS[:2], **WINDOW}
    for name in ("SpatialConvolutionMap", "SpatialFullConvolutionMap"):
        got = lifted(f"nn.{name}", nInputPlane=3, nOutputPlane=2, **fields)
        wanted = getattr(nn, name)([(0, 1), (2, 0), (2, 1)], 2, 4, 1, 2)
        assert same(got, wanted, rng.standard_normal((2, 3, 6, 5)))
        out = find_writer(got.float()).save(got)
        assert out["connTable"].dtype == np.float32
        np.testing.assert_array_equal(out["connTable"], table)
        assert (out["nInputPlane"], out["nOutputPlane"]) == (3, 2)
        for bad in (0, np.nan, 1e300):
            with pytest.raises(T7Error, match="connTable has other entries"):
                lifted(f"nn.{name}", **(fields | {"connTable": table * bad}))
        with pytest.raises(T7Error, match="bias has shape"):
            lifted(f"nn.{name}", **(fields | {"connTable": table * 10**8}))
        with pytest.raises(T7Error, match="bias is missing"):
            lifted(f"nn.{name}", **(fields | {"bias": None}))


def test_what_torch7_derives_is_written():
    local = nn.SpatialConvolutionLocal(2, 3, 6, 5, 3, 2, 2, 1, 1, 2)
    out = find_writer(local).save(local)
    assert (out["iW"], out["iH"], out["oW"], out["oH"]) == (6, 5, 3, 8)
    deep = nn.SpatialDepthWiseConvolution(3, 2, 4, 1)
    out = find_writer(deep).save(deep)
    assert out["weight"].shape == out["gradWeight"].shape == (2, 12)
    assert (out["nInputPlane"], out["nOutputPlane"]) == (3, 2)


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"weight": None}, "weight is missing"),
        ({"kW": None}, "kW is missing"),
        ({"kW": "2"}, "kW is of type bytes, expected a number"),
        ({"kW": -2}, "weight has shape"),
        ({"kW": -2, "kH": -4}, "weight has shape"),
        ({"padW": -1}, "padding is"),
        ({"padW": float("inf")}, "padW is inf"),
        ({"padW": float("nan")}, "padW is nan"),
        ({"dW": 0}, "stride is"),
        ({"nInputPlane": 2.5}, "nInputPlane is 2.5, expected a whole number"),
        ({"nInputPlane": 2**40, "nOutputPlane": 2**40}, "weight has shape"),
        ({"bias": BIAS[:2]}, "bias has shape"),
    ],
)
def test_nonsense_is_refused(fields, message):
    with pytest.raises(T7Error, match=message):
        convolution(**fields)


@pytest.mark.parametrize(
    "module, message",
    [
        (nn.SpatialConvolution(2, 2, 1, 1, groups=2), "groups is 2, expected 1"),
        (nn.SpatialConvolution(2, 2, 1, 1, dilation=2), "dilation is"),
        (nn.TemporalConvolution(2, 2, 1, padding=1), "padding is"),
        (nn.TemporalConvolution(2, 2, 1, bias=False), "bias is None"),
        (nn.TemporalRowConvolution(2, 1, padding=1), "padding is"),
    ],
)
def test_what_torch7_has_not_is_refused(module, message):
    with pytest.raises(ValueError, match=f"{message}.*Torch7"):
        find_writer(module).save(module)
