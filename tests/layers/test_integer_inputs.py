"""Small integers as input, as images have them: nothing wraps in their own dtype."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import EXACT, require_close

CASES = [
    (nn.Linear(5, 2, rng=0), (4, 5)),
    (nn.Linear(9, 8, rng=0), (4, 2, 9)),
    (nn.PartialLinear(5, 2, rng=0), (4, 5)),
    (nn.Maxout(5, 2, 3, rng=0), (4, 5)),
    (nn.Bilinear(3, 2, 2, rng=0), [(4, 3), (4, 2)]),
    (nn.SpatialConvolution(2, 3, 2, 2, rng=0), (4, 2, 2, 2)),
    (nn.BatchNormalization(2), (300, 2)),
    (nn.SpatialBatchNormalization(2), (4, 2, 3, 3)),
    (nn.SpatialBatchNormalization(2), (4, 2, 5, 5)),
    (nn.SpatialDivisiveNormalization(2, np.ones(3)), (2, 2, 3, 3)),
    (nn.PairwiseDistance(2), [(4, 3), (4, 3)]),
    (nn.PairwiseDistance(3), [(4, 3), (4, 3)]),
    (nn.MM(), [(2, 3), (3, 4)]),
    (nn.MV(), [(2, 3), (3,)]),
]


def verbs(module, x, dC_dy, dx):
    """Return what all verbs make of x."""
    module.zero_grad_params()
    found = copied([module.forward(x), module.backprop(x, dC_dy), module.jvp(x, dx)])
    if module.curved:
        found.append(copied(module.backprop_jvp(x, dC_dy, dx, dC_dy)))
    found.append(copied(module.backward_diag_hessian(x, dC_dy)))
    module.acc_diag_hessian_params(x, dC_dy)
    grads = copied(module.parameters()[1])
    if grads:
        module.backward(x, dC_dy)
        found += copied(module.per_example_grads(x, dC_dy))
        found.append(copied(module.per_example_sq_norms(x, dC_dy)))
    return found + grads


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
@pytest.mark.parametrize("module, shape", CASES)
def test_they_count_as_floats(module, shape, dtype, rng):
    def draw(shape):
        return rng.integers(1, 128, shape).astype(dtype)

    x = list(map(draw, shape)) if isinstance(shape, list) else draw(shape)
    dC_dy = rng.standard_normal(module.forward(x).shape)
    dx = map_table(lambda a: rng.standard_normal(a.shape), x)
    got = verbs(module, x, dC_dy, dx)
    wanted = verbs(module, map_table(lambda a: a.astype(float), x), dC_dy, dx)
    require_close(module, f"of {dtype.__name__}", got, wanted, EXACT)
