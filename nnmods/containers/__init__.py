"""Modules made of modules."""

from nnmods.containers.bottle import Bottle
from nnmods.containers.concat import Concat
from nnmods.containers.concat_table import ConcatTable
from nnmods.containers.decorator import Decorator
from nnmods.containers.depth_concat import DepthConcat
from nnmods.containers.dont_cast import DontCast
from nnmods.containers.gpu import GPU
from nnmods.containers.map_table import MapTable
from nnmods.containers.nan import NaN
from nnmods.containers.parallel import Parallel
from nnmods.containers.parallel_table import ParallelTable
from nnmods.containers.profile import Profile
from nnmods.containers.sequential import Sequential
from nnmods.containers.serial import Serial
from nnmods.containers.weight_norm import WeightNorm

__all__ = [
    "Bottle",
    "Concat",
    "ConcatTable",
    "Decorator",
    "DepthConcat",
    "DontCast",
    "GPU",
    "MapTable",
    "NaN",
    "Parallel",
    "ParallelTable",
    "Profile",
    "Sequential",
    "Serial",
    "WeightNorm",
]
