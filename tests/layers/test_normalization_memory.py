"""Once shapes are known, no normalisation allocates an array of their size."""

import numpy as np
import pytest
from memory import taken_again

import nnmods as nn

VECTORS, IMAGES, VOLUMES = (2048, 256), (64, 16, 24, 24), (64, 16, 8, 8, 9)

#: Those whose diagonal takes a `backward` for each entry of y.
GENERAL = nn.LayerNormalization, nn.SpatialContrastiveNormalization


@pytest.mark.parametrize(
    "module, shape",
    [
        (nn.BatchNormalization(256), VECTORS),
        (nn.VolumetricBatchNormalization(16), VOLUMES),
        (nn.LayerNorm(256), VECTORS),
        (nn.RMSNorm(256), VECTORS),
        (nn.LayerNormalization(256), VECTORS),
        (nn.GroupNorm(4, 16), IMAGES),
        (nn.InstanceNorm(16, affine=True, track_running_stats=True), IMAGES),
        (nn.Normalize(2), VECTORS),
        (nn.Normalize(1.5), VECTORS),
        (nn.Normalize(np.inf), VECTORS),
        (nn.SpatialSubtractiveNormalization(16), IMAGES),
        (nn.SpatialDivisiveNormalization(16, np.ones(3)), IMAGES),
        (nn.SpatialContrastiveNormalization(16, np.eye(3)), IMAGES),
        (nn.SpatialCrossMapLRN(5), IMAGES),
    ],
)
@pytest.mark.parametrize("batch_last", [False, True])
def test_nothing_of_the_size_of_x_is_allocated_again(module, shape, batch_last, rng):
    memory = (*shape[1:], shape[0]) if batch_last else shape
    x, dC_dy, dx = rng.standard_normal((3, *memory), np.float32)
    if batch_last:
        x, dC_dy, dx = (np.moveaxis(a, -1, 0) for a in (x, dC_dy, dx))
    module.float()
    dparams = [np.ones_like(p) for p in module.parameters()[0]]

    def curvature():
        module.hvp(x, dC_dy, dx, dparams)
        module.acc_diag_hessian_params(x, dC_dy)
        if not isinstance(module, GENERAL):
            module.backward_diag_hessian(x, dC_dy, dC_dy)

    def verbs():
        module.forward(x)
        module.backward(x, dC_dy)
        module.acc_grad_params(x, dC_dy)
        module.backprop(x, dC_dy)
        module.jvp(x, dx, dparams)
        curvature()

    assert taken_again(verbs) < 2**18  # NumPy's own chunks of 8192 entries stay below
