"""Blocks: they cover the vectors once, and none is copied."""

import numpy as np
import pytest

from nnmods.optim.blocks import BLOCK_BYTES, cut, flush_tiny


@pytest.mark.parametrize("lanes", [1, 2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 63, 64, 65, 16384, 16385, 32769, 100_003])
def test_every_element_is_in_one_block(size, dtype, lanes):
    vectors = [np.zeros(size, dtype), np.zeros(size, dtype)]
    parts = cut(vectors, 2, lanes)
    assert len(parts) == lanes
    for p, q, a, b in sum(parts, []):
        p += 1
        q += 2
        assert p.size == q.size == a.size == b.size
        assert a.dtype == b.dtype == dtype
        assert not np.shares_memory(a, b)
        assert p.nbytes <= BLOCK_BYTES
    assert (vectors[0] == 1).all() and (vectors[1] == 2).all()


def test_lanes_share_no_scratch():
    first, second = cut([np.zeros(BLOCK_BYTES)], 1, 2)
    assert len(first) == len(second) == 4
    for _, a in first:
        assert not any(np.shares_memory(a, b) for _, b in second)


@pytest.mark.parametrize("lanes", [2, 3])
@pytest.mark.parametrize("blocks", [0.5, 1, 2.2, 5])
def test_lanes_have_as_many_blocks(blocks, lanes):
    """However long they are: one that waits for the other is of no use."""
    parts = cut([np.zeros(int(blocks * BLOCK_BYTES / 4), np.float32)], 0, lanes)
    assert len(set(map(len, parts))) == 1
    sizes = [p.size for (p,) in sum(parts, [])]
    assert max(sizes) - min(sizes) <= 64 * len(sizes)


def test_little_is_not_cut_for_lanes():
    assert list(map(len, cut([np.zeros(1000)], 0, 2))) == [0, 1]


def test_a_vector_that_fits_makes_one_block():
    assert len(cut([np.zeros(BLOCK_BYTES // 8)], scratch=0)[0]) == 1
    assert len(cut([np.zeros(BLOCK_BYTES // 8 + 1)], scratch=0)[0]) == 2


def test_empty_vectors_make_no_block():
    assert cut([np.zeros(0), np.zeros(0)], scratch=1) == [[]]


@pytest.mark.parametrize(
    "dtype, limit", [(np.float32, 2.0**-106), (np.float64, 2.0**-1002)]
)
def test_flush_tiny(dtype, limit):
    kept = [2 * limit, -2 * limit, 1, -np.inf, np.nan]
    gone = [0, limit, -limit / 2, limit * 2.0**-30]  # the last one is subnormal
    vector = np.array(kept + gone, dtype)
    assert np.count_nonzero(vector) == 8
    flush_tiny(vector, np.empty_like(vector), np.empty_like(vector))
    assert np.array_equal(vector, np.array(kept + [0] * 4, dtype), equal_nan=True)
