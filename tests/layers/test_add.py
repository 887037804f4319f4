import numpy as np
import pytest

from nnmods.layers.table import Add
from nnmods.testing import check_module


@pytest.mark.parametrize("n, wanted", [(1, [1, 2]), (2, [11, 22]), (3, [111, 222])])
def test_values(n, wanted):
    x = [10**i * np.array([1.0, 2.0]) for i in range(n)]
    np.testing.assert_array_equal(Add()(x), wanted)


def test_each_entry_receives_the_gradient_unchanged():
    dC_dy = np.array([3.0, -1.0])
    dC_dx = Add().backward([np.zeros(2)] * 3, dC_dy)
    assert len(dC_dx) == 3 and all(entry is dC_dy for entry in dC_dx)


def test_one_entry_is_copied():
    x = np.ones(2)
    assert not np.shares_memory(Add().forward([x]), x)


def test_errors():
    with pytest.raises(
        ValueError, match=r"Add\(\): x has 0 entries, expected at least"
    ):
        Add().forward([])
    with pytest.raises(ValueError, match=r"x\[1\] has shape \(1,\), expected \(2,\)"):
        Add().forward([np.ones(2), np.ones(1)])  # no broadcasting
    with pytest.raises(TypeError, match=r"x has shape \(2,\), expected a table"):
        Add().forward(np.ones(2))
    with pytest.raises(TypeError, match=r"x\[0\] is a table"):
        Add().forward([[np.ones(2)], np.ones(2)])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(2,\)"):
        Add().backward([np.ones(2)], np.ones(3))


def test_contract_of_one_entry(rng):
    check_module(Add(), [rng.standard_normal((3, 2))])


def test_the_size_of_torch7s_add_is_sent_to_cadd():
    with pytest.raises(TypeError, match=r"Torch7's nn.Add\(size\) is CAdd\(size\)"):
        Add(4)
