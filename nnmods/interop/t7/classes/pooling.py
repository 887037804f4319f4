"""Poolings of Torch7."""

import numpy as np

from nnmods.interop.t7.classes.adaptive_pooling import adaptive
from nnmods.interop.t7.classes.fractional_pooling import fractional
from nnmods.interop.t7.classes.lp_pooling import LP_POOLING
from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.classes.unpooling import Unpooling
from nnmods.interop.t7.classes.windows import (
    dilation,
    kernel,
    only,
    padding,
    per_axis,
    read_only,
    stride,
)
from nnmods.interop.t7.kinds import NOTHING, Kind, boolean, integer, number
from nnmods.interop.t7.spec import Field, Spec

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


def _sub_sampling(axes, channels):
    return Spec(
        Field(channels[0], channels[1], integer, attribute="channels"),
        *(kernel(axes), stride(axes)),
        arrays=dict.fromkeys(("weight", "bias"), lambda given: (given[channels[0]],)),
        upgrade=needed("weight", "bias"),
    )


CLASSES = {
    "SpatialMaxPooling": _max_pooling(2),
    "SpatialDilatedMaxPooling": _max_pooling(2, dilation(2)),
    "SpatialMaxUnpooling": Unpooling(),
    "SpatialFractionalMaxPooling": fractional("H", "W"),
    "SpatialLPPooling": LP_POOLING,
    "SpatialAveragePooling": Spec(
        *(kernel(2), stride(2), padding(2), CEIL),
        Field("count_include_pad", "count_include_pad", boolean, True),
        Field("divide", "divide", boolean, False),
        upgrade=_upgrade_average,
    ),
    "SpatialAdaptiveMaxPooling": adaptive(exact=True),
    "SpatialAdaptiveAveragePooling": adaptive(),
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
    "VolumetricDilatedMaxPooling": _max_pooling(3, dilation(3), version=2),
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
