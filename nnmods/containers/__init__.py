"""Modules made of modules."""

from nnmods.containers.concat import Concat
from nnmods.containers.concat_table import ConcatTable
from nnmods.containers.map_table import MapTable
from nnmods.containers.parallel import Parallel
from nnmods.containers.parallel_table import ParallelTable
from nnmods.containers.sequential import Sequential

__all__ = [
    "Concat",
    "ConcatTable",
    "MapTable",
    "Parallel",
    "ParallelTable",
    "Sequential",
]
