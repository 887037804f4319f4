"""Cases of normalization."""

import numpy as np

import nnmods as nn
from cases.case import Case


def evaluated(module):
    """Return a normalisation in evaluation mode, with statistics that matter."""
    rng = np.random.default_rng(3)
    module.running_mean[...] = rng.standard_normal(module.running_mean.shape)
    module.running_var[...] = rng.uniform(0.5, 2, module.running_var.shape)
    return module.evaluate()


def uneven(module):
    """Return a normalisation whose parameters differ."""
    rng = np.random.default_rng(4)
    for p in module.parameters()[0]:
        p[...] = rng.uniform(0.5, 2, p.shape)
    return module


def of_a_batch(make, shape):
    """Return the cases of a batch normalisation, with and without parameters."""
    size = shape[1]
    return [
        Case(lambda: make(size, rng=0), shape, single=False, independent=False),
        Case(lambda: make(size, affine=False), shape, single=False, independent=False),
        Case(lambda: evaluated(make(size, rng=0)), shape, single=False),
    ]


#: A kernel that is no product of a column and a row, nor symmetric.
LOPSIDED = np.array([[1.0, 4.0, 2.0], [0.0, 3.0, 1.0], [2.0, 1.0, 5.0]])

#: Of each class its cases; the key is the exported name.
MODULES = {
    "BatchNormalization": of_a_batch(nn.BatchNormalization, (5, 4)),
    "SpatialBatchNormalization": of_a_batch(nn.SpatialBatchNormalization, (3, 2, 4, 5)),
    "VolumetricBatchNormalization": of_a_batch(
        nn.VolumetricBatchNormalization, (3, 2, 2, 3, 4)
    ),
    "GroupNorm": [
        Case(lambda: uneven(nn.GroupNorm(2, 4)), (3, 4, 2, 5), single=False),
        Case(lambda: nn.GroupNorm(3, 6, 0.1, False), (5, 6), single=False),
    ],
    "InstanceNorm": [
        Case(lambda: nn.InstanceNorm(2), (3, 2, 5), single=False),
        Case(
            lambda: uneven(nn.InstanceNorm(2, affine=True)), (3, 2, 4, 5), single=False
        ),
        Case(
            lambda: nn.InstanceNorm(2, track_running_stats=True),
            (3, 2, 2, 3, 2),
            single=False,
        ),
        Case(
            lambda: evaluated(uneven(nn.InstanceNorm(2, 0.1, 0.2, True, True))),
            (3, 2, 4, 5),
            single=False,
        ),
    ],
    "LayerNorm": [
        Case(lambda: uneven(nn.LayerNorm(4)), (5, 4)),
        Case(lambda: uneven(nn.LayerNorm((2, 3), bias=False)), (5, 4, 2, 3)),
        Case(lambda: nn.LayerNorm(4, 0.1, False), (5, 4)),
    ],
    "LayerNormalization": [
        Case(lambda: uneven(nn.LayerNormalization(4)), (5, 4), independent=False),
        Case(
            lambda: nn.LayerNormalization(4, eps=0.1, affine=False), (4,), batch=False
        ),
        Case(lambda: uneven(nn.LayerNormalization(4, 0.5, mixed_means=False)), (5, 4)),
    ],
    "Normalize": [
        Case(lambda p=p, eps=eps: nn.Normalize(p, eps), (5, 4))
        for p, eps in ((1, None), (1.5, None), (2, 0.1), (3, 0.2), (4, 0), (np.inf, 0))
    ],
    "RMSNorm": [
        Case(lambda: uneven(nn.RMSNorm(4)), (5, 4)),
        Case(lambda: nn.RMSNorm((3, 2), 0.1, False), (5, 3, 2)),
    ],
    "SpatialSubtractiveNormalization": [
        Case(lambda: nn.SpatialSubtractiveNormalization(2, [1, 3, 2]), (3, 2, 4, 5)),
        Case(lambda: nn.SpatialSubtractiveNormalization(2, LOPSIDED), (3, 2, 4, 5)),
    ],
    "SpatialDivisiveNormalization": [
        Case(lambda: nn.SpatialDivisiveNormalization(2, [1, 3, 2]), (3, 2, 4, 5)),
        Case(
            lambda: nn.SpatialDivisiveNormalization(2, LOPSIDED, 0.8, 0.5),
            (3, 2, 4, 5),
        ),
    ],
    "SpatialContrastiveNormalization": [
        Case(lambda: nn.SpatialContrastiveNormalization(2), (3, 2, 4, 5)),
        Case(
            lambda: nn.SpatialContrastiveNormalization(2, LOPSIDED, 0.8), (3, 2, 4, 5)
        ),
    ],
    "SpatialCrossMapLRN": [
        Case(lambda: nn.SpatialCrossMapLRN(3), (3, 4, 2, 5)),
        Case(lambda: nn.SpatialCrossMapLRN(5, 2.0, 0.6, 0.3), (3, 4, 2, 5)),
    ],
}
