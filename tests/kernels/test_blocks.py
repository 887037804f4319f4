import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from kernels.arrays import in_layout
from nnmods.kernels.blocks import (
    BLOCK_SIZE,
    IN_LANES,
    cut,
    cut_for,
    each,
    quiet_rows,
    row_dots,
    row_sums,
)


@pytest.mark.parametrize("length", [0, 1, 7, 64])
@pytest.mark.parametrize("block_size", [1, 10, 100, 1000])
def test_blocks_are_the_whole(length, block_size):
    blocks = cut(length, 10 * length, block_size)
    assert [i for b in blocks for i in range(length)[b]] == list(range(length))
    assert all(b.stop - b.start <= max(1, -(-block_size // 10)) for b in blocks)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_each_block_is_worked_on_once(lanes, monkeypatch):
    monkeypatch.setattr("nnmods.kernels.blocks.lanes_for", lambda bytes_moved: lanes)
    done = []
    each(lambda block, lane: done.append((lane, block)), "abcde", 0)
    assert sorted(block for _, block in done) == list("abcde")
    assert {lane for lane, _ in done} == set(range(lanes))


@pytest.mark.parametrize("lanes", [1, 2, 3])
@pytest.mark.parametrize("blocks", [0.5, 1, 5, 40])
def test_lanes_have_as_much_to_do(lanes, blocks, monkeypatch):
    """And calls as long as keeps them from waiting for one another."""
    monkeypatch.setattr("nnmods.kernels.blocks.lanes_for", lambda bytes_moved: lanes)
    size = int(blocks * BLOCK_SIZE)
    found = cut_for(0, size, size)
    assert [found[0].start, found[-1].stop] == [0, size]
    assert len(found) % lanes == 0
    lengths = [block.stop - block.start for block in found]
    assert max(lengths) - min(lengths) <= len(found)
    assert max(lengths) <= BLOCK_SIZE * (IN_LANES if lanes > 1 else 1)


def test_quiet_rows_ends_with_the_context():
    before = np.getbufsize(), np.geterr()
    with quiet_rows(100_000):
        assert np.getbufsize() < before[0]
        assert np.isnan(np.subtract(np.inf, np.inf))
    assert (np.getbufsize(), np.geterr()) == before


@pytest.mark.parametrize("K", [0, 1, 100, 8192, 8193, 50_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_of_rows(K, dtype, rng):
    x, y = rng.standard_normal((2, 3, 2, K)).astype(dtype)
    wanted = x.sum(axis=-1, dtype=float)
    unit = 4 * np.finfo(dtype).eps * (K + 1) ** 0.5
    assert_allclose(row_sums(x, np.empty((3, 2), dtype)), wanted, atol=unit)
    wanted = np.einsum("abk,abk->ab", x.astype(float), y.astype(float))
    assert_allclose(row_dots(x, y, np.empty((3, 2), dtype)), wanted, atol=unit)


def test_sums_of_long_rows_are_as_good_as_numpys(rng):
    x = rng.random((4, 200_000), np.float32)
    exact = x.sum(axis=1, dtype=float)
    error = abs(row_sums(x, np.empty(4, np.float32)) / exact - 1).max()
    assert error < 1e-6


MODULES = {
    "max pooling": lambda: nn.SpatialMaxPooling(kernel_size=3, stride=2, padding=1),
    "average pooling": lambda: nn.SpatialAveragePooling(kernel_size=2, stride=2),
    "batch norm": lambda: nn.SpatialBatchNormalization(16, dtype="float32", rng=0),
    "group norm": lambda: nn.GroupNorm(4, 16, dtype="float32"),
    "softmax": lambda: nn.SoftMax(),
    "log-softmax": lambda: nn.LogSoftMax(),
    "bilinear": lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    "adaptive": lambda: nn.SpatialAdaptiveAveragePooling(output_size=8),
}


@pytest.mark.parametrize("layout", ["C", "batch-last"])
@pytest.mark.parametrize("name", MODULES)
def test_lanes_change_no_bit(name, layout, rng):
    """Of arrays of several blocks, long enough for lanes."""
    x = in_layout(rng.standard_normal((16, 16, 40, 40), np.float32), layout)
    dC_dy, found = None, []
    for lanes in (1, 2, 2):
        nn.set_num_threads(lanes)
        try:
            module = MODULES[name]()
            y = module(x)
            if dC_dy is None:
                dC_dy = in_layout(rng.standard_normal(y.shape, np.float32), layout)
            dC_dx = module.backprop(x, dC_dy)
            found.append([y, dC_dx.copy(), *module.parameters()[1]])
        finally:
            nn.set_num_threads()
    for results in found[1:]:
        for a, b in zip(found[0], results, strict=True):
            assert_array_equal(a, b)
