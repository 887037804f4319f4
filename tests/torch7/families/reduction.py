"""Torch7's reductions: the axis counts from 0, and is the first if none is given."""

import nnmods as nn


def _along(make):
    def build(axis=None, *options):
        axis = 1 if axis is None else axis
        return make(axis - 1 if axis > 0 else axis, *options)

    return build


CONSTRUCTORS = {
    "Max": _along(nn.Max),
    "Min": _along(nn.Min),
    "Sum": _along(nn.Sum),
    "Mean": _along(nn.Mean),
}
