"""Leaf modules with shape rules of their own, a folder per family."""

from nnmods.core.lazy import gathered
from nnmods.layers import (
    algebra,
    convolution,
    distance,
    linear,
    noise,
    normalization,
    padding,
    parameter,
    pooling,
    recurrent,
    reduction,
    shape,
    table,
    tools,
    upsampling,
)

__all__, __getattr__, __dir__ = gathered(
    __name__,
    algebra,
    convolution,
    distance,
    linear,
    noise,
    normalization,
    padding,
    parameter,
    pooling,
    recurrent,
    reduction,
    shape,
    table,
    tools,
    upsampling,
)
