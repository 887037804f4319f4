"""Poolings of Torch7, from files of all ages and of other packages."""

import io

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, raw
from nnmods.interop.t7 import T7Error, load_t7, save_t7
from nnmods.interop.t7.registry import find_writer

WINDOW = {"kW": 2, "kH": 3, "dW": 1, "dH": 2}
VOLUME = {"kT": 1, "kW": 2, "kH": 3, "dT": 1, "dW": 2, "dH": 3}
IMAGES = np.random.default_rng(0).standard_normal((2, 3, 8, 7))


def written(module):
    return find_writer(module).save(module)


def test_settings_stand_width_first():
    got = lifted("nn.SpatialMaxPooling", **WINDOW, padW=1, padH=0, ceil_mode=True)
    assert repr(got) == repr(nn.SpatialMaxPooling(2, 3, 1, 2, 1, 0).ceil())
    got = lifted("nn.SpatialDilatedMaxPooling", **WINDOW, dilationW=2, dilationH=3)
    assert repr(got) == repr(nn.SpatialDilatedMaxPooling(2, 3, 1, 2, dilation=(3, 2)))
    got = lifted("nn.VolumetricMaxPooling", version=2, **VOLUME, padT=0, padW=1, padH=0)
    assert repr(got) == repr(nn.VolumetricMaxPooling(1, 2, 3, 1, 2, 3, 0, 1, 0))


@pytest.mark.parametrize(
    "name, fields",
    [
        ("nn.SpatialMaxPooling", WINDOW),
        ("nn.VolumetricMaxPooling", VOLUME),
        ("cudnn.SpatialMaxPooling", WINDOW),
    ],
)
def test_before_paddings_windows_were_inside(name, fields):
    got = lifted(name, **fields)
    assert set(got.padding) == {0}
    assert not got.ceil_mode


@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_windows_of_inn_hang_over_the_end(kind):
    assert lifted(f"inn.Spatial{kind}Pooling", **WINDOW, ceil_mode=False).ceil_mode


def test_cudnn_keeps_its_ceil_mode_in_version_one():
    assert lifted("cudnn.VolumetricMaxPooling", **VOLUME, ceil_mode=True).ceil_mode
    dilated = nn.VolumetricDilatedMaxPooling(2, 2, 2).ceil()
    assert find_writer(dilated).version == 2  # or else Torch7 forgets it


@pytest.mark.parametrize(
    "name, fields, divide, include",
    [
        ("nn", {}, False, True),  # of 2014
        ("nn", {"divide": True}, True, True),
        ("nn", {"divide": True, "padW": 1, "count_include_pad": False}, True, True),
        (
            "nn",
            {"divide": True, "ceil_mode": False, "count_include_pad": False},
            True,
            False,
        ),
        ("cudnn", {}, True, True),
        ("cudnn", {"ceil_mode": True, "count_include_pad": False}, True, True),
        ("inn", {}, True, True),
    ],
)
def test_what_an_average_is_divided_by(name, fields, divide, include):
    got = lifted(f"{name}.SpatialAveragePooling", **WINDOW, **fields)
    wanted = nn.SpatialAveragePooling(
        2, 3, 1, 2, divide=divide, count_include_pad=include, ceil_mode=got.ceil_mode
    )
    assert repr(got) == repr(wanted)
    np.testing.assert_array_equal(got(IMAGES), wanted(IMAGES))


def test_only_cudnn_averages_volumes_with_padding():
    fields = VOLUME | {"padT": 0, "padW": 1, "padH": 1, "ceil_mode": True}
    got = lifted("cudnn.VolumetricAveragePooling", **fields)
    assert got.padding == (0, 1, 1) and got.ceil_mode
    plain = lifted("nn.VolumetricAveragePooling", **fields)
    assert plain.padding == (0, 0, 0) and not plain.ceil_mode
    assert {"padT", "padW", "padH", "ceil_mode"}.isdisjoint(written(plain))
    with pytest.raises(ValueError, match=r"padding is \(0, 1, 1\), expected 0"):
        written(got)


def test_an_unpooling_refers_to_the_pooling_of_the_network():
    pooling = raw("nn.SpatialMaxPooling", kW=2, kH=2, dW=2, dH=2)
    unpooling = raw("nn.SpatialMaxUnpooling", pooling=pooling)
    for order in ([pooling, unpooling], [unpooling, pooling]):
        net = lifted("nn.Sequential", modules=order)
        at = order.index(pooling)
        assert net[1 - at].pooling is net[at]
    net = nn.Sequential(
        first := nn.SpatialMaxPooling(2, 2), nn.SpatialMaxUnpooling(first)
    )
    save_t7(net, file := io.BytesIO())
    file.seek(0)
    again = load_t7(file)
    assert again[1].pooling is again[0]
    x = np.arange(16.0).reshape(1, 4, 4)
    np.testing.assert_array_equal(again(x), np.where(np.isin(x, [5, 7, 13, 15]), x, 0))


def test_an_unpooling_needs_its_pooling():
    with pytest.raises(T7Error, match="pooling is missing"):
        lifted("nn.SpatialMaxUnpooling")
    with pytest.raises(T7Error, match="pooling is 3, expected a max pooling"):
        lifted("nn.VolumetricMaxUnpooling", pooling=3)


def test_the_power_of_a_pooling_is_that_of_its_first_module():
    window = {"kW": 3, "kH": 2, "dW": 3, "dH": 2}
    square, power = raw("nn.Square"), raw("nn.Power", pow=3)
    for first, p in ((square, 2), (power, 3)):
        got = lifted("nn.SpatialLPPooling", **window, modules=[first])
        assert repr(got) == f"SpatialLPPooling(None, {p}, 2x3, stride=(2, 3))"
    with pytest.raises(T7Error, match="modules begins with None"):
        lifted("nn.SpatialLPPooling", **window, modules=[])


@pytest.mark.parametrize("p", [2, 3])
def test_torch7_computes_powers_by_other_modules(p):
    module = nn.SpatialLPPooling(1, p, 3, 2)
    x = np.random.default_rng(1).uniform(0.5, 2, (2, 3, 4, 6))
    parts = nn.Sequential(*written(module)["modules"])
    np.testing.assert_allclose(parts(x), module(x), rtol=1e-12)


@pytest.mark.parametrize("axes", [2, 3])
def test_fractional_sizes_and_ratios(axes):
    name = "Spatial" if axes == 2 else "Volumetric"
    name, order = f"nn.{name}FractionalMaxPooling", "TWH"[3 - axes :]
    window = {f"poolSize{axis}": 2 + i for i, axis in enumerate(order)}
    sizes = {f"out{axis}": 3 + i for i, axis in enumerate(order)}
    ratios = {f"ratio{axis}": 0.3 + 0.1 * i for i, axis in enumerate(order)}
    make = getattr(nn, name.removeprefix("nn."))
    got = lifted(name, **window, **sizes, newRandomPool=False)
    assert repr(got) == repr(make(*window.values(), *sizes.values()))
    assert {k: written(got).get(k) for k in sizes | ratios} == (
        sizes | dict.fromkeys(ratios)
    )
    for extra in ({}, sizes):
        got = lifted(name, **window, **ratios, **extra)
        assert repr(got) == repr(make(*window.values(), *ratios.values()))
    with pytest.raises(T7Error, match="given 0 times"):
        lifted(name, **window)


def test_fixed_regions_stay():
    module = nn.SpatialFractionalMaxPooling(2, 2, 3, 3, rng=0)
    x = np.random.default_rng(0).standard_normal((2, 3, 7, 7))
    assert "randomSamples" not in written(module)
    y = module.fix_pooling_regions()(x)
    out = written(module)
    assert out["newRandomPool"] is True
    fields = {
        k: v for k, v in out.items() if k.startswith(("pool", "out", "new", "ran"))
    }
    fields.pop("output")
    got = lifted("nn.SpatialFractionalMaxPooling", **fields)
    np.testing.assert_array_equal(got(x), y)


def test_adaptive_sizes_are_given_width_first():
    for kind in ("Max", "Average"):
        got = lifted(f"nn.SpatialAdaptive{kind}Pooling", W=3, H=2)
        assert got(IMAGES).shape == (2, 3, 2, 3)
        assert (written(got)["W"], written(got)["H"]) == (3, 2)
        make = getattr(nn, f"SpatialAdaptive{kind}Pooling")
        with pytest.raises(ValueError, match="output_size is .*None.*Torch7"):
            written(make(output_size=(None, 2)))
        assert written(make(output_size=1))["W"] == 1
    with pytest.raises(ValueError, match="by keyword, expected w and h"):
        written(nn.SpatialAdaptiveMaxPooling(output_size=3))
    assert not lifted("nn.SpatialAdaptiveMaxPooling", W=3, H=2).by_keyword


def test_features():
    got = lifted("nn.FeatureLPPooling", width=3, stride=2, power=2)
    assert repr(got) == repr(nn.FeatureLPPooling(3, 2, 2))
    assert written(nn.FeatureLPPooling(3, 2, 2, True))["batch_mode"] is True
    got = lifted("nn.TemporalDynamicKMaxPooling", minK=2)
    assert repr(got) == repr(nn.TemporalDynamicKMaxPooling(2))


def test_sub_sampling_needs_its_parameters():
    fields = {"weight": np.ones(3), "bias": np.zeros(3), **WINDOW}
    got = lifted("nn.SpatialSubSampling", nInputPlane=3, **fields)
    np.testing.assert_array_equal(got.weight, np.ones(3))
    for name in ("weight", "bias"):
        with pytest.raises(T7Error, match=f"{name} is missing"):
            lifted("nn.SpatialSubSampling", nInputPlane=3, **(fields | {name: None}))
    with pytest.raises(T7Error, match="weight has shape"):
        lifted("nn.SpatialSubSampling", nInputPlane=2**40, **fields)


def test_each_pooling_has_indices_of_its_own():
    a, b = nn.SpatialMaxPooling(2, 2), nn.SpatialMaxPooling(2, 2)
    assert written(a)["indices"] is not written(b)["indices"]
    assert written(a)["indices"].size == 0


@pytest.mark.parametrize(
    "fields", [{"kW": 0}, {"kW": -2}, {"padW": 2}, {"dH": 0}, {"ceil_mode": 1}]
)
def test_nonsense_is_refused(fields):
    with pytest.raises(T7Error, match="expected"):
        lifted("nn.SpatialMaxPooling", **(WINDOW | fields))
