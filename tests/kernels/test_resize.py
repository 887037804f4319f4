import numpy as np
import pytest
from memory import taken_again
from numpy.testing import assert_allclose, assert_array_equal

from kernels.arrays import LAYOUTS, in_layout
from nnmods.core.workspace import Workspace
from nnmods.kernels.resize_axes import AxisMap, apply_maps
from nnmods.kernels.resize_maps import (
    adaptive_windows,
    border_map,
    border_positions,
    corner_map,
    cubic_map,
    linear_map,
    mean_map,
    nearest_map,
    repeated_map,
)

MAPS = {
    "repeated": repeated_map(4, 3),
    "nearest, smaller": nearest_map(7, 3, 7 / 3),
    "nearest, larger": nearest_map(3, 7, 3 / 7),
    "corners": corner_map(5, 8),
    "corners, single precision": corner_map(5, 8, np.float32),
    "linear, smaller": linear_map(9, 4, 9 / 4),
    "linear, larger": linear_map(4, 9, 4 / 9),
    "cubic": cubic_map(5, 7, 5 / 7, False),
    "cubic, corners": cubic_map(5, 7, 4 / 6, True),
    "means": mean_map(7, 3),
    "more means than entries": mean_map(3, 5),
    "mirrored": border_map(4, 3, 2, True),
    "mirrored and cut": border_map(5, -2, 3, True),
    "last entry": border_map(3, 4, 2, False),
    "identity": mean_map(4, 4),
}


def matrix(axis_map):
    """Return a map as a full matrix, from what it does to unit vectors."""
    x = np.eye(axis_map.size)[:, None, :]
    out = np.empty((axis_map.size, 1, axis_map.count))
    return apply_maps(x, (axis_map,), out, Workspace())[:, 0].T


@pytest.mark.parametrize("name", MAPS)
def test_transpose_is_the_transposed_matrix(name):
    assert_array_equal(matrix(MAPS[name].transpose), matrix(MAPS[name]).T)


@pytest.mark.parametrize("name", MAPS)
def test_constants_stay(name):
    assert_allclose(matrix(MAPS[name]).sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("N", [0, 1, 3])
def test_axes_are_mapped_one_after_another(N, layout, rng):
    maps = MAPS["cubic"], MAPS["identity"], MAPS["means"]
    A, B, C = map(matrix, maps)
    x = rng.standard_normal((N, 2, 5, 4, 7))
    y = in_layout(np.full((N, 2, 7, 4, 3), np.nan), layout)
    apply_maps(in_layout(x, layout), maps, y, Workspace())
    wanted = np.einsum("ai,bj,dk,ncijk->ncabd", A, B, C, x)
    assert_allclose(y, wanted, rtol=1e-12, atol=1e-13)


def test_entries_at_one_place_add_up_and_zeros_are_left_out():
    got = AxisMap([0, 0, 2], [1, 1, 0], [2.0, 3.0, 0.0], 3, 2)
    assert_array_equal(matrix(got), [[0, 5], [0, 0], [0, 0]])
    x = np.array([[[np.inf, 1.0]]])
    y = apply_maps(x, (got,), np.empty((1, 1, 3)), Workspace())
    assert_array_equal(y, [[[5, 0, 0]]])


def test_nan_stays_where_it_is():
    x = np.array([[[1.0, np.nan, 3, 4, 5]]])
    y = np.empty((1, 1, 8))
    apply_maps(x, (MAPS["corners"],), y, Workspace())
    touched = matrix(MAPS["corners"])[:, 1] != 0
    assert_array_equal(np.isnan(y[0, 0]), touched)


def test_by_hand():
    assert_allclose(matrix(linear_map(2, 4, 0.5))[:, 1], [0, 0.25, 0.75, 1])
    assert_allclose(matrix(corner_map(2, 5))[:, 1], [0, 0.25, 0.5, 0.75, 1])
    assert_allclose(matrix(corner_map(4, 1)), [[1, 0, 0, 0]])
    assert_allclose(matrix(mean_map(5, 2)) * 3, [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]])
    assert_array_equal(border_positions(3, 2, 2, True), [2, 1, 0, 1, 2, 1, 0])
    assert_array_equal(border_positions(3, 2, -1, False), [0, 0, 0, 1])
    # Half way between the second and the third of 4: -3/32, 19/32, 19/32, -3/32.
    middle = matrix(cubic_map(4, 3, 1.5, True))[1]
    assert_allclose(middle, np.array([-3, 19, 19, -3]) / 32, rtol=1e-14)


def test_windows_in_single_precision_are_those_of_torch7():
    starts, stops = adaptive_windows(21, 7)
    assert_array_equal(stops - starts, 3)
    starts, stops = adaptive_windows(21, 7, np.float32)
    assert_array_equal(starts, [0, 3, 6, 9, 12, 15, 18][:7])
    assert (stops - starts).max() == 4


def test_single_precision_places_are_those_of_torch7():
    place = np.float32(4) / np.float32(7) * np.float32(3)
    share = matrix(MAPS["corners, single precision"])[3, 2]
    assert share == float(place - np.float32(1)) != matrix(MAPS["corners"])[3, 2]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_repeated_call_allocates_no_array(layout, rng):
    maps = cubic_map(20, 30, 2 / 3, False), corner_map(20, 10)
    x = in_layout(rng.standard_normal((16, 8, 20, 20)).astype(np.float32), layout)
    y = np.empty((16, 8, 30, 10), np.float32)
    dC_dx, work = np.empty_like(x), Workspace()
    back = tuple(m.transpose for m in maps)

    def call():
        apply_maps(x, maps, y, work)
        apply_maps(y, back, dC_dx, work, "back")

    assert taken_again(call) < 64 * 1024 < y.nbytes
