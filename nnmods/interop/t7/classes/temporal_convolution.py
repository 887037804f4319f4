"""Convolutions of sequences of Torch7."""

from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.classes.windows import (
    BIAS,
    kernel,
    only,
    padding,
    read_only,
    stride,
)
from nnmods.interop.t7.kinds import boolean, integer
from nnmods.interop.t7.spec import Field, Spec


def _swap_axes(fields):
    """Give cudnn's fields of a TemporalConvolution, an image of one row, nn's names."""
    needed("weight")(fields)
    on_cudnn, named = fields.class_name.startswith("cudnn."), fields.named
    if on_cudnn:
        named["kW"], named["dW"] = named.get("kH"), named.get("dH")
    named["padW"] = named.get("padH") if on_cudnn else None


TEMPORAL = {
    "TemporalConvolution": Spec(
        Field("input_frame_size", "inputFrameSize", integer, attribute="in_channels"),
        Field(
            "output_frame_size", "outputFrameSize", integer, attribute="out_channels"
        ),
        *(kernel(1), stride(1), padding(1, read_only), BIAS),
        arrays={
            "weight": lambda given: (
                given["output_frame_size"],
                given["input_frame_size"] * given["kernel_size"][0],
            ),
            "bias": lambda given: (given["output_frame_size"],),
        },
        upgrade=_swap_axes,
        store=only(groups=1, padding=0, dilation=1, biased=True),
    ),
    "TemporalRowConvolution": Spec(
        Field("input_frame_size", "inputFrameSize", integer, attribute="in_channels"),
        Field("feat_first", "featFirst", boolean, False),
        *(kernel(1), stride(1), BIAS),
        arrays={
            "weight": lambda given: (
                given["input_frame_size"],
                1,
                *given["kernel_size"],
            ),
            "bias": lambda given: (given["input_frame_size"],),
        },
        upgrade=needed("weight"),
        store=only(padding=0, dilation=1),
    ),
}
