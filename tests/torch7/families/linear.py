"""Torch7's linear: indices count from 0, and a padding index of 0 is none."""

import numpy as np

import nnmods as nn


class LookupTable(nn.LookupTable):
    """Takes a padding index as Torch7 counts it."""

    def set_padding(self, padding_value=None):
        return super().set_padding(padding_value - 1 if padding_value else None)


class PartialLinear(nn.PartialLinear):
    """Takes a partition as Torch7 counts it."""

    def set_partition(self, indices):
        return super().set_partition(np.asarray(indices) - 1)


class Kmeans(nn.Kmeans):
    """Numbers the centres as Torch7 does."""

    def forward(self, x):
        return super().forward(x) + 1


class SparseLinear(nn.SparseLinear):
    """Numbers the places of dC_dx as Torch7 does."""

    def backward(self, x, dC_dy):
        dC_dx = super().backward(x, dC_dy)
        if self.do_grad_input:
            for pairs in dC_dx:
                pairs[:, 0] += 1
        return dC_dx


def pairs_from_0(x):
    if isinstance(x, list):
        return [pairs_from_0(entry) for entry in x]
    return x - np.array([1, 0]) * np.ones_like(x)


def keys_from_0(x):
    keys = [k - 1 for k in x[0]] if isinstance(x[0], list) else x[0] - 1
    return [keys, *x[1:]]


CONSTRUCTORS = {
    "Kmeans": Kmeans,
    "LookupTable": LookupTable,
    "PartialLinear": PartialLinear,
    "SparseLinear": SparseLinear,
}
INPUTS = {
    "IndexLinear": keys_from_0,
    "LookupTable": lambda x: x - 1,
    "LookupTableMaskZero": lambda x: x - 1,
    "SparseLinear": pairs_from_0,
}
FAULTS = {
    "PartialLinear.03": "breaks in zeroGradParameters without a bias; it works here",
    "Bilinear.01": {
        "gradParam.s05.1": "the gradient of the weight ignores scale",
        "gradParam.acc.1": "the gradient of the weight ignores scale",
    },
    "LinearWeightNorm.01": {"gradParam.acc": "does not accumulate"},
    "LinearWeightNorm.03": {"gradParam.acc": "does not accumulate"},
    "LinearWeightNorm.05": {"gradParam.acc": "does not accumulate"},
}
