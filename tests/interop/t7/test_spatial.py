"""Borders and upsampling of Torch7."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted
from nnmods.interop.t7 import T7Error, TorchStorage
from nnmods.interop.t7.registry import find_writer

SPATIAL = [
    "SpatialZeroPadding",
    "SpatialReflectionPadding",
    "SpatialReplicationPadding",
]


def written(module):
    return find_writer(module).save(module)


@pytest.mark.parametrize("name", SPATIAL)
def test_sides_of_a_border(name):
    sides = {"pad_l": 1, "pad_r": 2, "pad_t": -1, "pad_b": 0}
    got = lifted(f"nn.{name}", **sides)
    assert repr(got) == repr(getattr(nn, name)(1, 2, -1, 0))
    assert {key: written(got)[key] for key in sides} == sides
    with pytest.raises(T7Error, match="pad_b is missing"):
        lifted(f"nn.{name}", **(sides | {"pad_b": None}))


def test_sides_of_a_volume():
    sides = {"pleft": 1, "pright": 2, "ptop": 3, "pbottom": 4, "pfront": 5, "pback": 6}
    got = lifted("nn.VolumetricReplicationPadding", **sides)
    assert repr(got) == repr(nn.VolumetricReplicationPadding(1, 2, 3, 4, 5, 6))
    assert {key: written(got)[key] for key in sides} == sides


def test_a_factor_or_sizes():
    got = lifted("nn.SpatialUpSamplingNearest", scale_factor=3)
    assert repr(got) == "SpatialUpSamplingNearest(3)"
    got = lifted("nn.SpatialUpSamplingBilinear", scale_factor=2)
    assert repr(got) == "SpatialUpSamplingBilinear(2)"
    got = lifted("nn.SpatialUpSamplingBilinear", owidth=5, oheight=4)
    assert got.output_size == (4, 5)
    got = lifted("nn.UpSampling", odepth=2, owidth=5, oheight=4, mode="linear")
    assert got.output_size == {"odepth": 2, "oheight": 4, "owidth": 5}
    got = lifted("nn.UpSampling", scale_factor=2)
    assert repr(got) == "UpSampling(2)"
    with pytest.raises(T7Error, match="scale_factor is missing"):
        lifted("nn.SpatialUpSamplingBilinear")
    with pytest.raises(T7Error, match="mode is 'cubic'"):
        lifted("nn.UpSampling", scale_factor=2, mode="cubic")


def test_written_upsampling():
    out = written(nn.SpatialUpSamplingBilinear({"oheight": 4, "owidth": 5}))
    assert (out["oheight"], out["owidth"]) == (4, 5)
    assert "scale_factor" not in out
    assert "oheight" not in written(nn.SpatialUpSamplingBilinear(2))
    for module, axes in ((nn.SpatialUpSamplingNearest(2), 4), (nn.UpSampling(2), 5)):
        out = written(module)
        assert out["scale_factor"] == 2
        for name in ("inputSize", "outputSize"):
            assert type(out[name]) is TorchStorage
            assert out[name].shape == (axes,) and out[name].dtype == np.int64
            assert out[name] is not written(module)[name]


def test_a_pixel_shuffle_has_the_square_of_its_factor():
    assert lifted("nn.PixelShuffle", upscaleFactor=3).upscale_factor == 3
    assert written(nn.PixelShuffle(3))["upscaleFactorSquared"] == 9
