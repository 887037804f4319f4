"""Leaf modules with shape rules of their own, a folder per family."""

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
    reduction,
    shape,
    table,
    tools,
    upsampling,
)
from nnmods.layers.algebra import *
from nnmods.layers.convolution import *
from nnmods.layers.distance import *
from nnmods.layers.linear import *
from nnmods.layers.noise import *
from nnmods.layers.normalization import *
from nnmods.layers.padding import *
from nnmods.layers.parameter import *
from nnmods.layers.pooling import *
from nnmods.layers.reduction import *
from nnmods.layers.shape import *
from nnmods.layers.table import *
from nnmods.layers.tools import *
from nnmods.layers.upsampling import *

__all__ = [
    *algebra.__all__,
    *convolution.__all__,
    *distance.__all__,
    *linear.__all__,
    *noise.__all__,
    *normalization.__all__,
    *padding.__all__,
    *parameter.__all__,
    *pooling.__all__,
    *reduction.__all__,
    *shape.__all__,
    *table.__all__,
    *tools.__all__,
    *upsampling.__all__,
]
