"""Poolings of Torch7."""

import numpy as np

from nnmods.activations import MulConstant, Power, Sqrt, Square
from nnmods.interop.t7.classes.fractional_pooling import fractional
from nnmods.interop.t7.classes.unpooling import Unpooling
from nnmods.interop.t7.classes.windows import (
    kernel,
    only,
    padding,
    per_axis,
    read_only,
    stride,
)
from nnmods.interop.t7.kinds import NOTHING, Kind, boolean, integer, number
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.values import number as as_int
from nnmods.layers import SpatialAveragePooling

CEIL = Field("ceil_mode", "ceil_mode", boolean, False)
#: A flag that only another package's class has.
FOREIGN_CEIL = Field(
    "ceil_mode", "ceil_mode", Kind(boolean.read, lambda value: NOTHING), False
)


def _strides(axes):
    return per_axis("stride", "d", axes)


def _hang_over(fields):
    """Let the windows of a class of inn, which always did, hang over the end."""
    if fields.class_name.startswith("inn."):
        fields.named["ceil_mode"] = True


def _max_pooling(axes, *more, **options):
    geometry = kernel(axes), _strides(axes), padding(axes)
    return Spec(
        *(*geometry, *more, CEIL),
        also={"indices": np.empty(0, np.int64)},
        upgrade=_hang_over,
        **options,
    )


def _dilation(axes):
    return per_axis("dilation", "dilation", axes, 1)


def _upgrade_average(fields):
    """Tell what a SpatialAveragePooling divides by.

    Torch7's own gave sums until 2015, and its files without ``divide`` still do; those
    of the other packages always gave means, cudnn's with the padding.
    """
    _hang_over(fields)
    named = fields.named
    if not fields.class_name.startswith("nn."):
        named.setdefault("divide", True)
    if fields.class_name.startswith("cudnn."):
        named["count_include_pad"] = True
    if not fields.has("ceil_mode"):  # as of a time before the padding
        named["padW"] = named["padH"] = 0.0
        named["count_include_pad"] = True


def _upgrade_volumes(fields):
    """Take away what cudnn's class has, and what Torch7's ignores."""
    if fields.class_name.startswith("nn."):
        for name in ("padT", "padW", "padH", "ceil_mode"):
            fields.named.pop(name, None)


def _adaptive(exact=False):
    """Return the spec of an adaptive pooling, whose size is given width first.

    By keyword, our SpatialAdaptiveMaxPooling has bounds that Torch7's has not, but for
    one window over all of x.
    """

    def store(module, out):
        size = module.output_size
        if None in size:
            raise ValueError(
                f"{module!r}: output_size is {size}, expected numbers, as Torch7's "
                "class has no other"
            )
        if exact and module.by_keyword and size != (1, 1):
            raise ValueError(
                f"{module!r}: output_size is given by keyword, expected w and h, as "
                "Torch7's class rounds the bounds of its windows"
            )

    return Spec(
        Field("w", "W", integer, attribute=lambda module: module.output_size[1]),
        Field("h", "H", integer, attribute=lambda module: module.output_size[0]),
        store=store,
    )


def _read_power(fields, name, default):
    """Return p of a SpatialLPPooling, which its first module has."""
    parts = fields.parts.get(name)
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, Power):
        return as_int(first.pow)
    if not isinstance(first, Square):
        fields.fail(f"{name} begins with {first!r}", "Square or Power")
    return 2


def _write_powers(module):
    p, kernel_size = module.power, module.kernel_size
    children = [
        Square() if p == 2 else Power(p),
        SpatialAveragePooling(kernel_size=kernel_size, stride=module.stride),
        MulConstant(kernel_size[0] * kernel_size[1]),
        Sqrt() if p == 2 else Power(1 / p),
    ]
    return [child.astype(module.dtype) for child in children]


def _sub_sampling(axes, channels):
    def upgrade(fields):
        fields.array("weight")
        fields.array("bias")

    return Spec(
        Field(channels[0], channels[1], integer, attribute="channels"),
        *(kernel(axes), stride(axes)),
        arrays=dict.fromkeys(("weight", "bias"), lambda given: (given[channels[0]],)),
        upgrade=upgrade,
    )


CLASSES = {
    "SpatialMaxPooling": _max_pooling(2),
    "SpatialDilatedMaxPooling": _max_pooling(2, _dilation(2)),
    "SpatialMaxUnpooling": Unpooling(),
    "SpatialFractionalMaxPooling": fractional("H", "W"),
    "SpatialLPPooling": Spec(
        Field(
            "pnorm",
            "modules",
            Kind(_read_power, _write_powers, holds_modules=True),
            attribute=lambda module: module,
        ),
        *(kernel(2), _strides(2)),
        fixed={"n_input_plane": None},
    ),
    "SpatialAveragePooling": Spec(
        *(kernel(2), stride(2), padding(2), CEIL),
        Field("count_include_pad", "count_include_pad", boolean, True),
        Field("divide", "divide", boolean, False),
        upgrade=_upgrade_average,
    ),
    "SpatialAdaptiveMaxPooling": _adaptive(exact=True),
    "SpatialAdaptiveAveragePooling": _adaptive(),
    "SpatialSubSampling": _sub_sampling(2, ("n_input_plane", "nInputPlane")),
    "FeatureLPPooling": Spec(
        Field("width", "width", integer),
        Field("stride", "stride", integer, attribute=lambda module: module.stride[0]),
        Field("power", "power"),
        Field("batch_mode", "batch_mode", boolean, False),
    ),
    "TemporalSubSampling": _sub_sampling(1, ("input_frame_size", "inputFrameSize")),
    "TemporalMaxPooling": Spec(
        *(kernel(1), _strides(1)), store=only(padding=0, ceil_mode=False)
    ),
    "TemporalDynamicKMaxPooling": Spec(
        Field("min_k", "minK", integer), Field("factor", "factor", number, 0)
    ),
    "VolumetricMaxPooling": _max_pooling(3, version=2),
    # Torch7's own have version 1, at which it forgets ceil_mode when it reads them.
    "VolumetricDilatedMaxPooling": _max_pooling(3, _dilation(3), version=2),
    "VolumetricFractionalMaxPooling": fractional("H", "W", "T"),
    "VolumetricMaxUnpooling": Unpooling(),
    "VolumetricAveragePooling": Spec(
        *(kernel(3), _strides(3), padding(3, read_only), FOREIGN_CEIL),
        upgrade=_upgrade_volumes,
        store=only(padding=0, ceil_mode=False),
    ),
}
ALIASES = {
    "cudnn.SpatialAveragePooling": "SpatialAveragePooling",
    "cudnn.SpatialMaxPooling": "SpatialMaxPooling",
    "cudnn.VolumetricAveragePooling": "VolumetricAveragePooling",
    "cudnn.VolumetricMaxPooling": "VolumetricMaxPooling",
    "inn.SpatialAveragePooling": "SpatialAveragePooling",
    "inn.SpatialMaxPooling": "SpatialMaxPooling",
}
