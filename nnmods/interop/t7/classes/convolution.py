"""Convolutions of Torch7."""

from math import prod

import numpy as np

from nnmods.interop.t7.classes.mapped_convolution import mapped
from nnmods.interop.t7.classes.windows import (
    kernel,
    only,
    padding,
    per_axis,
    read_only,
    stride,
)
from nnmods.interop.t7.kinds import boolean, integer, present
from nnmods.interop.t7.spec import EMPTY, Field, Spec

PLANES = (
    Field("in_channels", "nInputPlane", integer),
    Field("out_channels", "nOutputPlane", integer),
)
BIAS = Field("bias", "bias", present)


def _arrays(weight, bias=lambda given: (given["out_channels"],)):
    return {"weight": weight, "bias": bias}


def _rows(given):
    groups = given.get("groups", 1)
    return given["out_channels"], given["in_channels"] // groups, *given["kernel_size"]


def _columns(given):
    return given["in_channels"], given["out_channels"], *given["kernel_size"]


def _matrix(given):
    rows, *row = _rows(given)
    return rows, prod(row)


def _upgrade(fields):
    fields.array("weight")  # what sizes are checked against has to be there
    if fields.has("padding"):  # before padW and padH
        fields.named["padW"] = fields.named["padH"] = fields.named["padding"]


def _convolution(axes, *more, weight=_rows, **options):
    """Return the spec of a convolution over so many axes."""
    geometry = kernel(axes), stride(axes), padding(axes)
    return Spec(
        *(*PLANES, *geometry, *more, BIAS),
        **{"arrays": _arrays(weight), "upgrade": _upgrade} | options,
    )


def _dilation(axes):
    return per_axis("dilation", "dilation", axes, 1)


def _full(axes, **options):
    """Return the spec of a full convolution; before the adjustment it was 0."""
    adjustment = per_axis("output_padding", "adj", axes, 0)
    options["store"] = only(groups=1, dilation=1)
    return _convolution(axes, adjustment, weight=_columns, **options)


def _rename_paddings(fields):
    """Rename the paddings of a VolumetricFullConvolution of before 2016."""
    _upgrade(fields)
    for axis in "TWH":
        if not fields.has(f"pad{axis}"):
            fields.named[f"pad{axis}"] = fields.named.get(f"p{axis}")


def _turn_weight(module, fields):
    """Turn the weight that a VolumetricFullConvolution had with those names."""
    if fields.has("adjW"):
        return
    shape = module.out_channels, module.in_channels, *module.kernel_size
    for name in ("weight", "grad_weight"):
        old = getattr(module, name).reshape(shape)
        setattr(module, name, np.ascontiguousarray(old.swapaxes(0, 1)))


def _write_matrix(module, out):
    """Write the weight as Torch7's C code turns it into a matrix."""
    only(dilation=1)(module, out)
    for name in ("weight", "gradWeight"):
        out[name] = out[name].reshape(module.multiplier, -1)


def _write_output_size(module, out):
    only(dilation=1, biased=True)(module, out)
    out["oH"], out["oW"] = module.weight.shape[:2]


def _positions(given):
    """Return how many windows an image of SpatialConvolutionLocal has."""
    windows = zip(*(given[name] for name in _LOCAL), strict=True)
    return [(n + 2 * p - k) // max(d, 1) + 1 for n, k, d, p in windows]


_LOCAL = "input_size", "kernel_size", "stride", "padding"


def _swap_axes(fields):
    """Give cudnn's fields of a TemporalConvolution, an image of one row, nn's names."""
    fields.array("weight")
    on_cudnn, named = fields.class_name.startswith("cudnn."), fields.named
    if on_cudnn:
        named["kW"], named["dW"] = named.get("kH"), named.get("dH")
    named["padW"] = named.get("padH") if on_cudnn else None


CLASSES = {
    "SpatialConvolution": _convolution(
        2,
        # cudnn's; `cudnn.convert` leaves it in the fields.
        Field("groups", "groups", read_only, 1),
        store=only(groups=1, dilation=1),
    ),
    "SpatialConvolutionMM": _convolution(
        2, weight=_matrix, store=only(groups=1, dilation=1)
    ),
    "SpatialDilatedConvolution": _convolution(2, _dilation(2), store=only(groups=1)),
    "SpatialFullConvolution": _full(2, also={"ones": EMPTY}),
    "SpatialDepthWiseConvolution": Spec(
        Field("in_channels", "nInputPlane", integer),
        Field("multiplier", "nOutputPlane", integer),
        *(kernel(2), stride(2), padding(2), BIAS),
        arrays=_arrays(
            lambda given: (
                given["multiplier"],
                given["in_channels"],
                *given["kernel_size"],
            ),
            lambda given: (given["multiplier"], given["in_channels"]),
        ),
        upgrade=_upgrade,
        store=_write_matrix,
    ),
    "SpatialConvolutionLocal": _convolution(
        2,
        per_axis("input_size", "i", 2),
        arrays=_arrays(
            lambda given: (*_positions(given), *_rows(given)),
            lambda given: (given["out_channels"], *_positions(given)),
        ),
        store=_write_output_size,
    ),
    "SpatialConvolutionMap": mapped(),
    "SpatialFullConvolutionMap": mapped(),
    "TemporalConvolution": Spec(
        Field("input_frame_size", "inputFrameSize", integer, attribute="in_channels"),
        Field(
            "output_frame_size", "outputFrameSize", integer, attribute="out_channels"
        ),
        *(kernel(1), stride(1), padding(1, read_only), BIAS),
        arrays=_arrays(
            lambda given: (
                given["output_frame_size"],
                given["input_frame_size"] * given["kernel_size"][0],
            ),
            lambda given: (given["output_frame_size"],),
        ),
        upgrade=_swap_axes,
        store=only(groups=1, padding=0, dilation=1, biased=True),
    ),
    "TemporalRowConvolution": Spec(
        Field("input_frame_size", "inputFrameSize", integer, attribute="in_channels"),
        Field("feat_first", "featFirst", boolean, False),
        *(kernel(1), stride(1), BIAS),
        arrays=_arrays(
            lambda given: (given["input_frame_size"], 1, *given["kernel_size"]),
            lambda given: (given["input_frame_size"],),
        ),
        upgrade=_upgrade,
        store=only(padding=0, dilation=1),
    ),
    "VolumetricConvolution": _convolution(3, store=only(groups=1, dilation=1)),
    "VolumetricDilatedConvolution": _convolution(3, _dilation(3), store=only(groups=1)),
    "VolumetricFullConvolution": _full(
        3,
        upgrade=_rename_paddings,
        finish=_turn_weight,
        also={"ones": EMPTY, "finput": EMPTY, "fgradInput": EMPTY},
    ),
}
ALIASES = {
    "cudnn.SpatialConvolution": "SpatialConvolution",
    "cudnn.SpatialFullConvolution": "SpatialFullConvolution",
    "cudnn.TemporalConvolution": "TemporalConvolution",
    "cudnn.VolumetricConvolution": "VolumetricConvolution",
    "cudnn.VolumetricFullConvolution": "VolumetricFullConvolution",
    "nn.SpatialDeconvolution": "SpatialFullConvolution",
    "nn.TemporalConvolutionFB": "TemporalConvolution",
    "nn.VolumetricDeconvolution": "VolumetricFullConvolution",
}
