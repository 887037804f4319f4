"""What every module stands on: the contract, its buffers, dtypes and random numbers."""

from nnmods.core.arrays import check, reuse
from nnmods.core.container import Container
from nnmods.core.criterion import Criterion
from nnmods.core.dtypes import get_default_dtype, set_default_dtype
from nnmods.core.elementwise import Elementwise
from nnmods.core.linear_map import LinearMap
from nnmods.core.module import Module
from nnmods.core.node import Input
from nnmods.core.rng import get_rng, manual_seed, uniform_bound

__all__ = [
    "Container",
    "Criterion",
    "Elementwise",
    "Input",
    "LinearMap",
    "Module",
    "check",
    "get_default_dtype",
    "get_rng",
    "manual_seed",
    "reuse",
    "set_default_dtype",
    "uniform_bound",
]
