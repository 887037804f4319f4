import numpy as np
import pytest

from nnmods.layers.table import NarrowTable, SelectTable


@pytest.mark.parametrize("index, place", [(0, 0), (2, 2), (-1, 2), (-3, 0)])
def test_picks_the_entry_itself(index, place):
    x = [np.ones(1), np.ones(2), np.ones(3)]
    assert SelectTable(index).forward(x) is x[place]


def test_other_entries_get_zeros():
    x = [np.ones(1), [np.ones(2), [np.ones(3)]], np.ones(1)]
    dC_dy = np.array([5.0])
    a, [b, [c]], d = SelectTable(0).backward(x, dC_dy)
    assert a is dC_dy
    for entry, zeros in ((b, [0, 0]), (c, [0, 0, 0]), (d, [0])):
        np.testing.assert_array_equal(entry, zeros)


def test_a_table_may_be_picked():
    x = [np.ones(1), [np.ones(2), np.ones(3)]]
    zeros, picked = SelectTable(1).backward(x, [np.full(2, 7.0), np.full(3, 8.0)])
    np.testing.assert_array_equal(zeros, [0])
    np.testing.assert_array_equal(picked[1], [8, 8, 8])
    with pytest.raises(ValueError, match=r"dC_dy\[1\] has shape \(2,\), expected \(3,"):
        SelectTable(1).backward(x, [np.ones(2), np.ones(2)])


def test_zeros_are_zeros_again_after_somebody_wrote_to_them():
    pick, x = SelectTable(0), [np.ones(1), np.ones(2)]
    first = pick.backward(x, np.ones(1))[1]
    first[...] = 9
    again = pick.backward(x, np.ones(1))[1]
    assert again is first
    np.testing.assert_array_equal(again, [0, 0])


def test_another_build_of_the_table():
    pick = SelectTable(0)
    pick.backward([np.ones(1), np.ones(2)], np.ones(1))
    _, [a, b] = pick.backward([np.ones(1), [np.ones(2), np.ones(3)]], np.ones(1))
    np.testing.assert_array_equal([*a, *b], np.zeros(5))
    _, c = pick.backward([np.ones(1), np.ones(4, np.float32)], np.ones(1))
    assert c.shape == (4,) and c.dtype == np.float32


def test_indices_get_gradients_of_floats():
    x = [np.ones(1), np.array([3, 1])]
    assert SelectTable(0).backward(x, np.ones(1))[1].dtype == np.float64


@pytest.mark.parametrize("index", [2, -3])
def test_no_such_entry(index):
    with pytest.raises(ValueError, match=f"x has 2 entries, expected an entry {index}"):
        SelectTable(index).forward([np.ones(1)] * 2)


def test_no_table():
    with pytest.raises(TypeError, match=r"SelectTable\(0\): x has shape \(2,\)"):
        SelectTable(0).forward(np.ones(2))


@pytest.mark.parametrize(
    "pick, dC_dy", [(SelectTable(0), np.ones(1)), (NarrowTable(0), [np.ones(1)])]
)
def test_the_entries_that_are_not_picked_are_arrays_too(pick, dC_dy):
    with pytest.raises(TypeError, match=r"x\[1\] has type NoneType, expected an array"):
        pick.backward([np.ones(1), None], dC_dy)
