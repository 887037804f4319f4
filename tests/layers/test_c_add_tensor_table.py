import numpy as np
import pytest

from nnmods.layers.table import CAddTensorTable

V, A, B = np.array([1.0, 2.0]), np.array([10.0, 20.0]), np.array([100.0, 200.0])


def test_values_by_hand():
    add, x = CAddTensorTable(), [V, [A, B]]
    np.testing.assert_array_equal(add.forward(x), [[11, 22], [101, 202]])
    dC_dy = [np.array([1.0, 2.0]), np.array([5.0, 7.0])]
    first, others = add.backward(x, dC_dy)
    np.testing.assert_array_equal(first, [6, 9])
    np.testing.assert_array_equal(others, dC_dy)


def test_tables_of_other_lengths_one_after_another():
    add = CAddTensorTable()
    for others in ([A, B], [A], [], [B, A, B]):
        assert len(add.forward([V, others])) == len(others)
        first, rest = add.backward([V, others], [A] * len(others))
        np.testing.assert_array_equal(first, A * len(others))
        assert len(rest) == len(others)


def test_an_empty_table_gives_zeros():
    first, rest = CAddTensorTable().backward([V, []], [])
    assert rest == []
    np.testing.assert_array_equal(first, [0, 0])


def test_errors():
    add = CAddTensorTable()
    with pytest.raises(ValueError, match="x has 3 entries, expected 2"):
        add.forward([V, A, B])
    with pytest.raises(TypeError, match=r"x\[1\] has shape \(2,\), expected a table"):
        add.forward([V, A])
    with pytest.raises(
        ValueError, match=r"x\[1\]\[1\] has shape \(1,\), expected \(2,"
    ):
        add.forward([V, [A, A[:1]]])
    with pytest.raises(ValueError, match="dC_dy has 1 entries, expected 2"):
        add.backward([V, [A, B]], [A])
