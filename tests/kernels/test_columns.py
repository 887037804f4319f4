import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kernels.counting import counted_products
from nnmods.core.workspace import Workspace
from nnmods.kernels import columns
from nnmods.kernels.windows import windows

# Windows (C, *K, *O, N) of float32; 1 MB holds 262144 entries.
SHAPES = {
    "one chunk": (3, 3, 10, 8),
    "rows": (16, 3, 3, 40, 40, 16),
    "parts of rows": (64, 3, 3, 6, 32, 64),
    "parts of the batch": (2, 3, 2, 100000),
    "few columns for many rows": (600, 3, 3, 5, 60, 2),
    "volumes": (8, 2, 2, 2, 5, 10, 20, 32),
    "nothing": (3, 3, 10, 0),
}


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("name", SHAPES)
def test_chunks_take_every_column_once_and_in_order(name, lanes):
    shape = SHAPES[name]
    axes = len(shape) // 2
    count = shape[axes:]
    rows, total = int(np.prod(shape[:axes])), int(np.prod(count))
    number = np.broadcast_to(np.arange(total).reshape(count), shape)
    view = np.broadcast_to(np.float32(0), shape)
    chunks = columns.chunks_of(view, lanes)
    most = max(columns.MIN_COLUMNS, columns.CHUNK_BYTES // (4 * rows))
    end, longest = 0, chunks[0][0].stop
    for piece, index in chunks:
        assert piece.start == end
        end = piece.stop
        assert end - piece.start <= min(most, longest)
        assert_array_equal(number[index][(0,) * axes].ravel(), np.arange(total)[piece])
    assert end == total
    assert len(chunks) <= lanes + 2 * total / most
    assert len(chunks) >= min(lanes, total)


def test_a_row_of_ones_stands_below_the_columns(monkeypatch, rng):
    monkeypatch.setattr(columns, "CHUNK_BYTES", 1)
    monkeypatch.setattr(columns, "MIN_COLUMNS", 6)
    x = rng.standard_normal((2, 5, 3))
    view = windows(x, (2,), (1,), (1,), (4,))
    chunks = columns.chunks_of(view, 1)
    memory = columns.column_scratch(view, chunks, Workspace(), "col", ones=True)
    for piece, index in chunks:
        col = columns.columns_in(view, index, memory, ones=True)
        assert_array_equal(col[:-1], view.reshape(4, -1)[:, piece])
        assert_array_equal(col[-1], 1)
        assert col.shape == (5, 6)


def test_few_channels_make_products_that_blas_takes_unpacked():
    view = np.broadcast_to(np.float32(0), (16, 3, 3, 64, 32, 32))
    widths = [
        max(
            piece.stop - piece.start
            for piece, _ in columns.chunks_of(view, 1, channels)
        )
        for channels in (16, 1024)
    ]
    assert widths[0] * 144 * 16 <= columns.UNPACKED < widths[1] * 144 * 1024


@pytest.mark.parametrize("rows, parts", [(8, 1), (64, 1), (67, 1), (128, 2), (480, 8)])
def test_products_are_cut_for_blas_to_take_them_unpacked(rows, parts, rng):
    """By rows, where these can be dealt out evenly and are not too few."""
    K, N = 64, 240  # 15360 multiplications for a row: 65 rows are the most
    a, b = rng.standard_normal((3, rows, K)), rng.standard_normal((3, K, N))
    out = np.empty((3, rows, N))
    with counted_products() as products:
        columns.unpacked_products(a, b, out)
    assert products == {(rows // parts, K, N): 3 * parts}
    assert_allclose(out, a @ b, rtol=1e-12, atol=1e-12)
