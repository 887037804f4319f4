"""Modules that select, pad, move or reshape, and do not compute."""

from nnmods.layers.shape.collapse import Collapse
from nnmods.layers.shape.contiguous import Contiguous
from nnmods.layers.shape.convert import Convert
from nnmods.layers.shape.copy import Copy
from nnmods.layers.shape.flatten import Flatten
from nnmods.layers.shape.identity import Identity
from nnmods.layers.shape.index import Index
from nnmods.layers.shape.masked_select import MaskedSelect
from nnmods.layers.shape.narrow import Narrow
from nnmods.layers.shape.one_hot import OneHot
from nnmods.layers.shape.padding import Padding
from nnmods.layers.shape.replicate import Replicate
from nnmods.layers.shape.reshape import Reshape
from nnmods.layers.shape.select import Select
from nnmods.layers.shape.squeeze import Squeeze
from nnmods.layers.shape.transpose import Transpose
from nnmods.layers.shape.unsqueeze import Unsqueeze
from nnmods.layers.shape.view import View

__all__ = [
    "Collapse",
    "Contiguous",
    "Convert",
    "Copy",
    "Flatten",
    "Identity",
    "Index",
    "MaskedSelect",
    "Narrow",
    "OneHot",
    "Padding",
    "Replicate",
    "Reshape",
    "Select",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
    "View",
]
