"""Parameters that meet x entry by entry, and values that do not learn."""

from nnmods.layers.parameter.cadd import CAdd
from nnmods.layers.parameter.cmul import CMul, Mul
from nnmods.layers.parameter.constant import Constant

__all__ = ["CAdd", "CMul", "Constant", "Mul"]
