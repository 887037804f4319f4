"""Once shapes are known, no call allocates an array of their size."""

import numpy as np
import pytest
from memory import taken_again

from nnmods.core.tables import map_table
from nnmods.layers.noise import Dropout
from nnmods.layers.normalization import SpatialBatchNormalization
from nnmods.layers.shape import Flatten
from nnmods.layers.table import Add, Duplicate, JoinTable, Max, SelectTable

SHAPE = (64, 8, 32, 32)  # 2 MB in float32


def image(rng):
    return rng.standard_normal(SHAPE, dtype=np.float32)


def batch_last(rng):
    return np.moveaxis(rng.standard_normal((8, 32, 32, 64), dtype=np.float32), -1, 0)


def turned(rng):
    return image(rng).swapaxes(2, 3)


def table(rng):
    return [image(rng), image(rng)]


@pytest.mark.parametrize(
    "module, make",
    [
        (Flatten(), turned),
        (Duplicate(3), image),
        (Add(), table),
        (Max(), table),
        (Max(1), image),
        (Max(-1), batch_last),
        (JoinTable(1), table),
        (SelectTable(0), table),
        (Dropout(), image),
        (Dropout(exact=True), batch_last),
        (Dropout(inverted=False).evaluate(), image),
        (SpatialBatchNormalization(8).float(), image),
        (SpatialBatchNormalization(8).float(), batch_last),
        (SpatialBatchNormalization(8).float(), turned),
        (SpatialBatchNormalization(8).float().evaluate(), batch_last),
    ],
)
def test_nothing_of_the_size_of_x_is_allocated_again(module, make, rng):
    x, dx = make(rng), make(rng)
    dC_dy = map_table(np.ones_like, module.forward(x))
    dparams = [np.ones_like(p) for p in module.parameters()[0]]

    def verbs():
        module.forward(x)
        module.backward(x, dC_dy)
        module.acc_grad_params(x, dC_dy)
        module.backprop(x, dC_dy)
        module.jvp(x, dx, dparams)

    assert taken_again(verbs) < 2**18  # NumPy's own chunks of 8192 entries stay below
