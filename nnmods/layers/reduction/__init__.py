"""Reductions along an axis."""

from nnmods.layers.reduction.mean import Mean
from nnmods.layers.reduction.min import Min
from nnmods.layers.reduction.sum import Sum

__all__ = ["Mean", "Min", "Sum"]
