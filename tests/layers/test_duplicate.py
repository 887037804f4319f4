import numpy as np
import pytest

from nnmods.layers.table import Duplicate
from nnmods.testing import check_module


def test_all_outputs_are_x():
    x = np.array([1.0, 2.0])
    y = Duplicate(3).forward(x)
    assert len(y) == 3 and all(entry is x for entry in y)


@pytest.mark.parametrize("n, wanted", [(1, [1, 2]), (2, [11, 22]), (3, [111, 222])])
def test_gradients_are_summed(n, wanted):
    dC_dy = [10**i * np.array([1.0, 2.0]) for i in range(n)]
    dC_dx = Duplicate(n).backward(np.zeros(2), dC_dy)
    np.testing.assert_array_equal(dC_dx, wanted)


def test_the_same_array_twice_as_gradient_is_not_written_to():
    dC_dy = np.ones(2)
    branch = Duplicate()
    np.testing.assert_array_equal(branch.backward(np.zeros(2), [dC_dy] * 2), [2, 2])
    np.testing.assert_array_equal(dC_dy, [1, 1])


def test_tables_are_summed_entry_by_entry():
    x = [np.zeros(1), [np.zeros(2)]]
    dC_dy = [[np.array([1.0]), [np.array([2.0, 3.0])]] for _ in range(2)]
    branch = Duplicate()
    a, [b] = branch.backward(x, dC_dy)
    np.testing.assert_array_equal(a, [2])
    np.testing.assert_array_equal(b, [4, 6])
    again = branch.backward(x, dC_dy)
    assert again[0] is a and again[1][0] is b  # buffers
    np.testing.assert_array_equal(branch.backward(np.zeros(1), [np.ones(1)] * 2), [2])


def test_dtypes_are_promoted():
    dC_dy = [np.ones(2, np.float32), np.full(2, 1e-9)]
    assert Duplicate().backward(np.zeros(2), dC_dy)[0] == 1 + 1e-9


def test_errors():
    with pytest.raises(
        ValueError, match=r"Duplicate\(\): dC_dy has 3 entries, expecte"
    ):
        Duplicate().backward(np.ones(2), [np.ones(2)] * 3)
    with pytest.raises(ValueError, match=r"dC_dy\[1\] has shape \(3,\), expected \(2,"):
        Duplicate().backward(np.ones(2), [np.ones(2), np.ones(3)])
    with pytest.raises(ValueError, match="Duplicate: n is 0, expected at least 1"):
        Duplicate(0)


def test_contract_for_a_table(rng):
    x = [rng.standard_normal((3, 2)), [rng.standard_normal((3, 4))]]
    check_module(Duplicate(3), x)


def test_repr():
    assert [repr(Duplicate()), repr(Duplicate(3))] == ["Duplicate()", "Duplicate(3)"]
