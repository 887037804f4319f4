"""Torch7's containers and decorators: axes count from 0."""

import numpy as np

import nnmods as nn

NOT_SUMMED = "Torch7's WeightNorm does not accumulate"
UNSCALED = "Torch7's DepthConcat ignores scale"


def indices_from_0(x):
    """Return x with the indices among its arrays counted from 0."""
    if x is None:
        return x
    if isinstance(x, list):
        return [indices_from_0(entry) for entry in x]
    return x - 1 if x.size and np.all((x == np.round(x)) & (x >= 1)) else x


CONSTRUCTORS = {
    "Concat": lambda axis: nn.Concat(axis - 1 if axis > 0 else axis),
    "DepthConcat": lambda axis: nn.DepthConcat(axis - 1),
    "Parallel": lambda in_axis, out_axis: nn.Parallel(in_axis - 1, out_axis - 1),
    "WeightNorm": lambda module, output_dim=1: nn.WeightNorm(module, output_dim - 1),
}
CONTAINERS = "Sequential Concat ConcatTable Parallel ParallelTable MapTable".split()
INPUTS = dict.fromkeys(CONTAINERS, indices_from_0)
FAULTS = {
    "Concat.03": "a negative axis, which fails in Torch7, counts from the end here",
    "DepthConcat.01": {"gradParam.s05": UNSCALED, "gradParam.acc": UNSCALED},
}
FAULTS |= {
    f"WeightNorm.0{i}": {f"gradParam.acc.{k}": NOT_SUMMED for k in (1, 2)}
    for i in (1, 3, 5)
}
