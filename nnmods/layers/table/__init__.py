"""Modules that make, join, combine or pick from tables."""

from nnmods.layers.table.add import Add
from nnmods.layers.table.c_add_table import CAddTable
from nnmods.layers.table.c_add_tensor_table import CAddTensorTable
from nnmods.layers.table.c_div_table import CDivTable
from nnmods.layers.table.c_max_table import CMaxTable
from nnmods.layers.table.c_min_table import CMinTable
from nnmods.layers.table.c_mul_table import CMulTable
from nnmods.layers.table.c_sub_table import CSubTable
from nnmods.layers.table.criterion_table import CriterionTable
from nnmods.layers.table.duplicate import Duplicate
from nnmods.layers.table.flatten_table import FlattenTable
from nnmods.layers.table.join_table import JoinTable
from nnmods.layers.table.max import Max
from nnmods.layers.table.mixture_table import MixtureTable
from nnmods.layers.table.narrow_table import NarrowTable
from nnmods.layers.table.reverse_table import ReverseTable
from nnmods.layers.table.select_table import SelectTable
from nnmods.layers.table.split_table import SplitTable
from nnmods.layers.table.zip_table import ZipTable
from nnmods.layers.table.zip_table_one_to_many import ZipTableOneToMany

__all__ = [
    "Add",
    "CAddTable",
    "CAddTensorTable",
    "CDivTable",
    "CMaxTable",
    "CMinTable",
    "CMulTable",
    "CSubTable",
    "CriterionTable",
    "Duplicate",
    "FlattenTable",
    "JoinTable",
    "Max",
    "MixtureTable",
    "NarrowTable",
    "ReverseTable",
    "SelectTable",
    "SplitTable",
    "ZipTable",
    "ZipTableOneToMany",
]
