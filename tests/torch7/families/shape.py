"""Torch7's shape: axes and indices count from 0."""

import nnmods as nn


def from_0(index):
    return index - 1 if index > 0 else index


def _squeeze(axis=None, *dims):
    return nn.Squeeze(axis and from_0(axis), *dims)


def _padding(axis, pad, dims=None, value=0, index=None):
    return nn.Padding(from_0(axis), pad, dims, value, (index or 1) - 1)


def _transpose(*pairs):
    return nn.Transpose(*([from_0(axis) for axis in pair] for pair in pairs))


def _indexed(x):
    return [x[0], x[1] - 1]


CONSTRUCTORS = {
    "Select": lambda axis, index: nn.Select(from_0(axis), from_0(index)),
    "Narrow": lambda axis, offset, *n: nn.Narrow(from_0(axis), from_0(offset), *n),
    "Index": lambda axis: nn.Index(from_0(axis)),
    "Squeeze": _squeeze,
    "Unsqueeze": lambda axis, *dims: nn.Unsqueeze(from_0(axis), *dims),
    "Replicate": lambda n, axis=1, *dims: nn.Replicate(n, (axis or 1) - 1, *dims),
    "Transpose": _transpose,
    "Padding": _padding,
}
INPUTS = {"Index": _indexed, "OneHot": lambda x: x - 1}
