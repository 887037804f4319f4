"""Torch7's table modules: axes and indices count from 0."""

import nnmods as nn
from torch7.families.containers import indices_from_0


def from_0(index):
    return index - 1 if index > 0 else index


CONSTRUCTORS = {
    "JoinTable": lambda axis, *dims: nn.JoinTable(from_0(axis), *dims),
    "SplitTable": lambda axis, *dims: nn.SplitTable(from_0(axis), *dims),
    "SelectTable": lambda index: nn.SelectTable(from_0(index)),
    "NarrowTable": lambda offset, *length: nn.NarrowTable(from_0(offset), *length),
    "MixtureTable": lambda axis=None: nn.MixtureTable(axis and from_0(axis)),
}
INPUTS = {"CriterionTable": lambda x: [x[0], indices_from_0(x[1])]}
FAULTS = {
    "CriterionTable.01": {"gradInput": "it has no entry for the target"},
}
