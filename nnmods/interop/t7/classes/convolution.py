"""Convolutions of Torch7."""

from math import prod

import numpy as np

from nnmods.interop.t7.classes.mapped_convolution import mapped
from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.classes.temporal_convolution import TEMPORAL
from nnmods.interop.t7.classes.windows import (
    BIAS,
    dilation,
    kernel,
    only,
    padding,
    per_axis,
    read_only,
    stride,
)
from nnmods.interop.t7.kinds import integer
from nnmods.interop.t7.spec import EMPTY, Field, Spec

PLANES = (
    Field("in_channels", "nInputPlane", integer),
    Field("out_channels", "nOutputPlane", integer),
)


def _outputs(given):
    return (given["out_channels"],)


def _rows(given):
    groups = given.get("groups", 1)
    return given["out_channels"], given["in_channels"] // groups, *given["kernel_size"]


def _columns(given):
    return given["in_channels"], given["out_channels"], *given["kernel_size"]


def _matrix(given):
    rows, *row = _rows(given)
    return rows, prod(row)


def _upgrade(fields):
    needed("weight")(fields)
    if fields.has("padding"):  # before padW and padH
        fields.named["padW"] = fields.named["padH"] = fields.named["padding"]


def _convolution(axes, *more, weight=_rows, **options):
    """Return the spec of a convolution over so many axes."""
    geometry = kernel(axes), stride(axes), padding(axes)
    arrays = {"weight": weight, "bias": _outputs}
    return Spec(
        *(*PLANES, *geometry, *more, BIAS),
        **{"arrays": arrays, "upgrade": _upgrade} | options,
    )


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
    "SpatialDilatedConvolution": _convolution(2, dilation(2), store=only(groups=1)),
    "SpatialFullConvolution": _full(2, also={"ones": EMPTY}),
    "SpatialDepthWiseConvolution": Spec(
        Field("in_channels", "nInputPlane", integer),
        Field("multiplier", "nOutputPlane", integer),
        *(kernel(2), stride(2), padding(2), BIAS),
        arrays={
            "weight": lambda given: (
                given["multiplier"],
                given["in_channels"],
                *given["kernel_size"],
            ),
            "bias": lambda given: (given["multiplier"], given["in_channels"]),
        },
        upgrade=_upgrade,
        store=_write_matrix,
    ),
    "SpatialConvolutionLocal": _convolution(
        2,
        per_axis("input_size", "i", 2),
        arrays={
            "weight": lambda given: (*_positions(given), *_rows(given)),
            "bias": lambda given: (given["out_channels"], *_positions(given)),
        },
        store=_write_output_size,
    ),
    "SpatialConvolutionMap": mapped(),
    "SpatialFullConvolutionMap": mapped(),
    **TEMPORAL,
    "VolumetricConvolution": _convolution(3, store=only(groups=1, dilation=1)),
    "VolumetricDilatedConvolution": _convolution(3, dilation(3), store=only(groups=1)),
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
