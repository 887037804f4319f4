import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kernels.arrays import LAYOUTS, in_layout
from nnmods.core.workspace import Workspace
from nnmods.kernels.max_pooling import max_pool_forward
from nnmods.kernels.pool_index import add_at, first_entries, max_at, take_at, to_index
from nnmods.kernels.winners import empty_winners, winners_positions


def index_of(positions, shape):
    N, C, *count = positions.shape
    out = np.empty((C, *count, N), np.intp)
    return to_index(positions, shape, out, Workspace())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("N", [0, 1, 3])
def test_taking_and_adding_are_transposes(N, layout, rng):
    x = rng.standard_normal((N, 2, 3, 4))
    positions = rng.integers(0, 12, (N, 2, 5, 1))
    index = index_of(positions, x.shape)
    y = in_layout(np.full(positions.shape, np.nan), layout)
    take_at(in_layout(x, layout), index, y, Workspace())
    flat = x.reshape(N, 2, 12, 1)
    assert_array_equal(y, np.take_along_axis(flat, positions, axis=2))
    dC_dy = rng.integers(-9, 9, y.shape).astype(float)
    dC_dx = in_layout(np.full(x.shape, np.nan), layout)
    add_at(in_layout(dC_dy, layout), index, dC_dx, Workspace())
    wanted = np.zeros(flat.shape)
    for n, c, o, _ in np.ndindex(positions.shape):
        wanted[n, c, positions[n, c, o]] += dC_dy[n, c, o]
    assert_array_equal(dC_dx, wanted.reshape(x.shape))


def test_the_first_of_equal_candidates_wins_and_nan_beats_all():
    x = np.array([[[2.0, 5.0, 5.0, np.inf, np.nan, np.nan]]])
    first = first_entries(x.shape, Workspace())

    def winner(*positions):
        y, index = np.empty((1, 1, 1)), np.empty((1, 1, 1), np.intp)
        max_at(x, (first + p for p in positions), y, index, Workspace())
        return index.item()

    assert winner(0, 1, 2) == 1
    assert winner(2, 1, 0) == 2
    assert winner(1, 3) == 3
    assert winner(3, 4, 5) == 4
    assert winner(5, 4, 3) == 5


@pytest.mark.parametrize("layout", ["C", "batch-last"])
def test_positions_of_winners_point_at_the_maxima(layout, rng):
    x = rng.integers(0, 4, (3, 2, 7, 6)).astype(float)
    x[0, 0, 2, 3] = np.nan
    args = (3, 2), (2, 1), (1, 1), (1, 2), True
    y = np.empty((3, 2, 4, 6))
    winners = empty_winners(x.shape, *args, y.shape, Workspace())
    max_pool_forward(x, *args, y, Workspace(), winners)
    index = in_layout(np.full(y.shape, -1), layout)
    winners_positions(winners, x.shape, *args, index, Workspace())
    flat = x.reshape(3, 2, 42)
    picked = np.take_along_axis(flat, index.reshape(3, 2, -1), axis=2)
    assert_array_equal(picked.reshape(y.shape), y)
    assert index[0, 0, 0, 0] == np.argmax(x[0, 0, :2, 1]) * 6 + 1
