import numpy as np
import pytest

from nnmods.core import Module
from nnmods.core.tables import summed


@pytest.mark.parametrize("n", [1, 2, 4])
def test_arrays(n):
    terms = [10**i * np.array([1.0, 2.0]) for i in range(n)]
    before = [term.copy() for term in terms]
    total = summed(Module(), None, terms)
    np.testing.assert_array_equal(total, np.array([1, 2]) * int("1" * n))
    np.testing.assert_array_equal(terms, before)
    assert summed(Module(), total, terms) is total


def test_wider_terms_widen_the_sum():
    terms = [np.ones(1, np.float32), np.full(1, 1e-9)]
    total = summed(Module(), np.empty(1, np.float32), terms)
    assert total[0] == 1 + 1e-9


def test_tables_of_unequal_lengths():
    with pytest.raises(ValueError):
        summed(Module(), None, [[np.ones(1)], [np.ones(1), np.ones(1)]])
