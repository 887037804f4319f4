"""Lowered images: every window's matrix, and what is copied for it."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kernels.arrays import forget_chunks
from nnmods.core.workspace import Workspace
from nnmods.kernels import conv_chunks, conv_rows
from nnmods.kernels.columns import UNPACKED
from nnmods.kernels.conv_rows import geometry_of
from nnmods.kernels.lowered import Lowered
from nnmods.kernels.windows import output_size, windows

# Image (C, *S, N), kernel, stride, dilation, groups.
GEOMETRIES = {
    "rows": ((2, 7, 6, 3), (3, 2), (1, 1), (1, 1), None),
    "rows apart": ((2, 9, 6, 3), (3, 2), (2, 1), (1, 1), None),
    "dilated rows": ((2, 9, 6, 3), (3, 2), (1, 1), (2, 2), None),
    "stride and dilation": ((2, 9, 6, 3), (2, 2), (2, 1), (2, 1), None),
    "groups": ((4, 7, 6, 3), (3, 2), (1, 2), (1, 1), 2),
    "one axis": ((2, 9, 3), (3,), (2,), (1,), None),
    "three axes": ((2, 5, 4, 6, 2), (2, 3, 2), (1, 1, 2), (1, 1, 1), None),
    "one tap": ((3, 4, 5, 2), (1, 1), (1, 1), (1, 1), None),
    "one tap, apart": ((3, 4, 5, 2), (1, 1), (2, 2), (1, 1), None),
}


@pytest.fixture(
    params=[(0, 1 << 20), (0, 1), (1 << 40, 1 << 20), (1 << 40, 1)], ids=str
)
def bounds(request, monkeypatch):
    forget_chunks()
    least, most_bytes = request.param
    monkeypatch.setattr(conv_rows, "LEAST_COLUMNS", least)
    monkeypatch.setattr(conv_chunks, "CHUNK_BYTES", most_bytes)
    monkeypatch.setattr(conv_chunks, "ROWS_BYTES", most_bytes)
    monkeypatch.setattr(conv_chunks, "MIN_COLUMNS", 4)
    yield
    forget_chunks()


def lowered_image(name, rng, lanes=1, ones=False):
    """Return an image, its geometry, what is lowered, and its windows."""
    shape, kernel, stride, dilation, groups = GEOMETRIES[name]
    image = rng.standard_normal(shape)
    count = output_size(shape[1:-1], kernel, stride, (0,) * len(kernel), dilation)
    G = groups or 1
    weight = (*(() if groups is None else (G,)), 5, shape[0] // G, *kernel)
    geometry = geometry_of(weight, stride, dilation, (shape[-1], 5 * G, *count))
    made = Lowered(image, geometry, lanes, Workspace(), ones)
    return geometry, made, windows(image, kernel, stride, dilation, count)


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("ones", [False, True])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_matrices_are_the_windows_of_all_positions(name, ones, lanes, bounds, rng):
    geometry, made, view = lowered_image(name, rng, lanes, ones)
    G, _, rows, positions = geometry.rows
    # Taps of the first axis come before the channels.
    first = 1 if geometry.one_row else view.shape[1]
    wanted = view.reshape(G, -1, first, geometry.row_taps, rows, positions)
    wanted = np.moveaxis(wanted, (2, 4), (1, 2)).swapaxes(1, 2)
    wanted = wanted.reshape(G, rows, first, -1, positions)
    number = np.arange(rows * positions).reshape(1, 1, rows, positions)
    seen = []
    for lane in range(lanes):
        for chunk in made.share(lane):
            seen.append(number[chunk.target].ravel())
            here = wanted.transpose(0, 2, 3, 1, 4)[(slice(None), *chunk.target)]
            here = here.transpose(0, 3, 1, 2, 4)  # (G, rows, first, height, columns)
            got = made.matrices(chunk, lane).reshape(*here.shape[:3], -1, here.shape[4])
            assert_array_equal(got[:, :, :, : here.shape[3]], here)
            assert_array_equal(got[:, :, :, here.shape[3] :], 1)
            assert got.shape[3] == here.shape[3] + made.ones
    assert_array_equal(np.sort(np.concatenate(seen)), number.ravel())


def test_there_are_ones_where_a_copy_is_made_anyway(rng):
    assert lowered_image("rows", rng, ones=True)[1].ones
    assert not lowered_image("one tap", rng, ones=True)[1].ones
    assert not lowered_image("groups", rng, ones=True)[1].ones


def test_one_tap_takes_no_copy(rng):
    _, made, view = lowered_image("one tap", rng)
    (chunk,) = made.chunks
    assert np.shares_memory(made.matrices(chunk, 0), view)


def test_rows_are_copied_once_for_each_tap_but_those_of_the_first_axis():
    """A chunk of 30 rows lowers 32 of them, not 90."""
    geometry = geometry_of((8, 4, 3, 3), (1, 1), (1, 1), (32, 8, 30, 30))
    chunks, room = conv_chunks.chunks_of(geometry, 4, 4, False, 1)
    copied = {(chunk.shape[1], chunk.matrices[1]) for chunk in chunks}
    assert copied == {(32, 30)}
    assert room == 32 * 3 * 4 * chunks[0].shape[-1]


def test_few_channels_make_products_that_blas_takes_unpacked():
    for channels, unpacked in ((16, True), (1024, False)):
        weight = channels, 16, 3, 3
        geometry = geometry_of(weight, (1, 1), (1, 1), (32, channels, 64, 32))
        chunks, _ = conv_chunks.chunks_of(geometry, 16, 4, False, 1)
        inner, width = chunks[0].matrices[2:]
        assert (inner * width * channels <= UNPACKED) == unpacked
