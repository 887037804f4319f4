"""Pieces: the same results in every memory order, for any size of the pieces."""

import itertools

import numpy as np
import pytest

import nnmods as nn
from nnmods.kernels import pieces
from nnmods.kernels.pieces import entrywise, in_pieces

SHAPES = [(1,), (5,), (4, 3), (3, 1, 5), (2, 3, 4), (1, 1), (7, 2, 1, 3)]


@pytest.fixture(params=[(1 << 15, 1 << 12), (8, 4), (3, 100), (16, 2)], ids=str)
def sizes(request, monkeypatch):
    for name in ("SHORT", "SIZE"):
        monkeypatch.setattr(pieces, name, request.param[0])
    monkeypatch.setattr(pieces, "ROW", request.param[1])
    pieces._plan.cache_clear()
    yield
    pieces._plan.cache_clear()


def layouts(shape, rng):
    """Yield arrays of random numbers in any memory order, with gaps, turned."""
    for order in itertools.permutations(range(len(shape))):
        memory = rng.standard_normal([shape[axis] for axis in order])
        yield memory.transpose(np.argsort(order))
    with_gaps = rng.standard_normal([2 * n for n in shape])
    yield with_gaps[tuple(slice(0, None, 2) for _ in shape)]
    yield rng.standard_normal(shape)[::-1]
    yield rng.standard_normal(shape, np.float32)


def sum_and_product(work):
    def function(a, b, total, product):
        arrays = a, b, total, product
        assert {array.ndim for array in arrays} == {1}
        assert all(array.flags.c_contiguous for array in arrays)
        np.add(a, b, out=total)
        np.multiply(a, b, out=product)

    return function


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_layouts(shape, sizes, rng):
    for a, total in itertools.product(*(list(layouts(shape, rng)) for _ in "ab")):
        for b in (np.asfortranarray(a), np.broadcast_to(a[..., :1], shape)):
            product = np.empty(shape)
            in_pieces(sum_and_product, (a, b), (total, product))
            np.testing.assert_allclose(total, a + b, rtol=1e-6)
            np.testing.assert_allclose(product, a * b, rtol=1e-6)


def test_pieces_start_on_cache_lines_and_are_shared_among_lanes(rng):
    memory, seen = np.empty(700_003, np.float32), []
    y, x = memory[3:], np.ones(700_000, np.float32)

    def start(work):
        def function(x, y):
            seen.append((y.__array_interface__["data"][0], y.nbytes))
            np.add(x, 1, out=y)

        return function

    nn.set_num_threads(2)
    try:
        in_pieces(start, (x,), (y,))
    finally:
        nn.set_num_threads()
    assert (y == 2).all()
    (first, n), *others = sorted(seen)
    assert first == y.__array_interface__["data"][0]
    for address, size in others:
        assert address % 64 == 0 and address == first + n
        first, n = address, size
    assert first + n == memory.__array_interface__["data"][0] + memory.nbytes


def test_an_error_of_a_lane_is_raised():
    def start(work):
        def function(x, y):
            raise ArithmeticError("in a lane")

        return function

    x = np.ones(700_000)
    with pytest.raises(ArithmeticError, match="in a lane"):
        in_pieces(start, (x,), (np.empty_like(x),))


def test_short_arrays_are_taken_as_they_are():
    shapes = []

    def start(work):
        return lambda x: shapes.append(x.shape)

    for x in (np.ones((30, 20)).T, np.ones((200, 100)), np.ones((200, 100)).T):
        entrywise(start, (), (x,), None)
    assert shapes == [(20, 30), (200, 100), (20_000,)]
    entrywise(start, (), (np.ones((0, 3)),), None)
    assert shapes[-1] == (0, 3)
