"""Torch7's containers and decorators: axes count from 0."""

import nnmods as nn

CONSTRUCTORS = {
    "Concat": lambda axis: nn.Concat(axis - 1),
    "Parallel": lambda in_axis, out_axis: nn.Parallel(in_axis - 1, out_axis - 1),
}
