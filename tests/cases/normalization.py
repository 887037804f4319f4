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


#: Of each class its cases; the key is the exported name.
MODULES = {
    "BatchNormalization": [
        Case(
            lambda: nn.BatchNormalization(4, rng=0),
            (5, 4),
            single=False,
            independent=False,
        ),
        Case(
            lambda: nn.BatchNormalization(4, affine=False),
            (5, 4),
            single=False,
            independent=False,
        ),
        Case(lambda: evaluated(nn.BatchNormalization(4, rng=0)), (5, 4), single=False),
    ],
    "SpatialBatchNormalization": [
        Case(
            lambda: nn.SpatialBatchNormalization(2, rng=0),
            (3, 2, 4, 5),
            single=False,
            independent=False,
        ),
        Case(
            lambda: evaluated(nn.SpatialBatchNormalization(2, rng=0)),
            (3, 2, 4, 5),
            single=False,
        ),
    ],
}
