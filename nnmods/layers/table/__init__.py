"""Modules that make, join or pick from tables."""

from nnmods.layers.table.add import Add
from nnmods.layers.table.duplicate import Duplicate
from nnmods.layers.table.join_table import JoinTable
from nnmods.layers.table.max import Max
from nnmods.layers.table.select_table import SelectTable

__all__ = ["Add", "Duplicate", "JoinTable", "Max", "SelectTable"]
