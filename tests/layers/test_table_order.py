"""NarrowTable, FlattenTable, ReverseTable, ZipTable and ZipTableOneToMany."""

import numpy as np
import pytest

from nnmods.layers.table import (
    FlattenTable,
    NarrowTable,
    ReverseTable,
    SelectTable,
    ZipTable,
    ZipTableOneToMany,
)

A, B, C, D = np.ones(1), np.full(2, 2.0), np.full(3, 3.0), np.full(4, 4.0)


def is_same(got, wanted):
    """Tell whether two tables hold the very same arrays, nested likewise."""
    if isinstance(wanted, list):
        return (
            isinstance(got, list)
            and len(got) == len(wanted)
            and all(map(is_same, got, wanted))
        )
    return got is wanted


@pytest.mark.parametrize(
    "module, x, y",
    [
        (NarrowTable(1), [A, B, C], [B]),
        (NarrowTable(1, 2), (A, [B, []], C), [[B, []], C]),
        (NarrowTable(0, None), [A, B], [A]),
        (NarrowTable(1, 5), [A, B, C], [B, C]),
        (NarrowTable(2, 1), [A, B], []),
        (NarrowTable(1, -1), [A, B, C], []),
        (FlattenTable(), [A, [B, [C]], D], [A, B, C, D]),
        (FlattenTable(), [[], A, [[], [B]]], [A, B]),
        (FlattenTable(), [], []),
        (ReverseTable(), [A, [B, C], []], [[], [B, C], A]),
        (ReverseTable(), (), []),
        (ZipTable(), [[A, B], [C, D]], [[A, C], [B, D]]),
        (ZipTable(), [[A, [B]], [[], D], [C, A]], [[A, [], C], [[B], D, A]]),
        (ZipTable(), [[], []], []),
        (ZipTable(), [], []),
        (ZipTableOneToMany(), [A, [B, [C], []]], [[A, B], [A, [C]], [A, []]]),
        (ZipTableOneToMany(), [A, []], []),
        (SelectTable(-1), [A, []], []),
    ],
)
def test_the_entries_themselves(module, x, y):
    assert is_same(module.forward(x), y)


@pytest.mark.parametrize(
    "module, x, dC_dy, dC_dx",
    [
        (FlattenTable(), [A, [B, [C], []], D], [A, B, C, D], [A, [B, [C], []], D]),
        (ReverseTable(), [A, [B, C]], [[B, C], A], [A, [B, C]]),
        (ZipTable(), [[A, B], [C, D]], [[A, C], [B, D]], [[A, B], [C, D]]),
        (ZipTable(), [[], [], []], [], [[], [], []]),
    ],
)
def test_gradients_go_back_to_their_places(module, x, dC_dy, dC_dx):
    assert is_same(module.backward(x, dC_dy), dC_dx)


def test_what_was_not_picked_gets_zeros():
    x = [A, [B, []], C, D]
    first, (second, empty), third, fourth = NarrowTable(2).backward(x, [7 * C])
    np.testing.assert_array_equal(first, [0])
    np.testing.assert_array_equal(second, [0, 0])
    np.testing.assert_array_equal(third, 7 * C)
    np.testing.assert_array_equal(fourth, [0, 0, 0, 0])
    assert empty == []
    for entry, like in zip(NarrowTable(1, -1).backward(x[:1], []), x, strict=False):
        np.testing.assert_array_equal(entry, 0 * like)


def test_gradients_of_the_one_are_summed():
    pair, x = ZipTableOneToMany(), [A, [B, C]]
    first, others = pair.backward(x, [[A, B], [2 * A, C]])
    np.testing.assert_array_equal(first, [3])
    assert is_same(others, [B, C])
    first, others = pair.backward([A, []], [])
    np.testing.assert_array_equal(first, [0])
    assert others == []
    x = [[A, [B]], [C, D]]  # the one may be a table
    (first, [second]), _ = pair.backward(x, [[[A, [B]], C], [[A, [B]], D]])
    np.testing.assert_array_equal(first, [2])
    np.testing.assert_array_equal(second, [4, 4])


@pytest.mark.parametrize(
    "module, x, error, text",
    [
        (
            NarrowTable(0),
            A,
            TypeError,
            r"NarrowTable\(0\): x has shape \(1,\), expected",
        ),
        (FlattenTable(), A, TypeError, "expected a table"),
        (
            FlattenTable(),
            [A, "b"],
            TypeError,
            r"x\[1\] has type str, expected an array",
        ),
        (ReverseTable(), A, TypeError, "expected a table"),
        (ZipTable(), A, TypeError, "expected a table"),
        (ZipTable(), [[A], B], TypeError, r"x\[1\] has shape \(2,\), expected a table"),
        (ZipTable(), [[A], [B, C]], ValueError, r"x\[1\] has 2 entries, expected 1"),
        (ZipTableOneToMany(), [A, B], TypeError, r"x\[1\] has shape \(2,\), expected"),
        (ZipTableOneToMany(), [A], ValueError, "x has 1 entries, expected 2"),
        (SelectTable(0), [], ValueError, "x has 0 entries, expected an entry 0"),
    ],
)
def test_wrong_x(module, x, error, text):
    with pytest.raises(error, match=text):
        module.forward(x)


@pytest.mark.parametrize(
    "module, x, dC_dy",
    [
        (NarrowTable(0, 2), [A, B, C], [A]),
        (FlattenTable(), [A, [B]], [A, [B]]),
        (ReverseTable(), [A, B], [A, B]),
        (ZipTable(), [[A, B], [C, D]], [[A, B], [C, D]]),
        (ZipTableOneToMany(), [A, [B]], [[A]]),
    ],
)
def test_wrong_dC_dy(module, x, dC_dy):
    with pytest.raises((ValueError, TypeError), match="dC_dy.* (has|is) .*, expected"):
        module.backward(x, dC_dy)


def test_offsets_count_from_0():
    with pytest.raises(
        ValueError, match="NarrowTable: offset is -1, expected 0 or mor"
    ):
        NarrowTable(-1)


def test_repr():
    assert repr(NarrowTable(1)) == "NarrowTable(1)"
    assert repr(NarrowTable(1, 3)) == "NarrowTable(1, 3)"
    assert repr(ZipTableOneToMany()) == "ZipTableOneToMany()"
