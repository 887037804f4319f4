import numpy as np
import pytest

from nnmods.activations import ReLU
from nnmods.containers import ConcatTable, MapTable, ParallelTable
from nnmods.criterions import MSECriterion
from nnmods.layers.linear import Linear
from nnmods.layers.shape import Identity
from nnmods.layers.table import CriterionTable, SelectTable
from nnmods.testing import check_module


def test_values_by_hand():
    net, x = ConcatTable(Identity(), ReLU()), np.array([-1.0, 2.0])
    a, b = net(x)
    np.testing.assert_array_equal(a, [-1, 2])
    np.testing.assert_array_equal(b, [0, 2])
    net.forward(x)
    dC_dy = [np.array([1.0, 2.0]), np.array([10.0, 20.0])]
    dC_dx = net.backward(x, dC_dy)
    np.testing.assert_array_equal(dC_dx, [1, 22])
    np.testing.assert_array_equal(dC_dy[0], [1, 2])  # what Identity returned


def test_gradients_of_a_table_are_summed_entry_by_entry():
    net = ConcatTable(SelectTable(0), Identity(), SelectTable(0))
    x = [np.zeros(2), [np.zeros(1)]]
    net.forward(x)
    one, all_ = np.array([1.0, 2.0]), [np.array([10.0, 20.0]), [np.array([5.0])]]
    first, [second] = net.backward(x, [one, all_, 100 * one])
    np.testing.assert_array_equal(first, [111, 222])
    np.testing.assert_array_equal(second, [5])


def test_from_a_table_to_an_array_and_back():
    net = ConcatTable(Identity(), Identity())
    for x in (np.ones(2), [np.ones(2), np.ones(1)], [np.ones(2)], np.ones(3)):
        net.forward(x)
        dC_dx = net.backward(x, [x, x])
        for a in dC_dx if isinstance(x, list) else [dC_dx]:
            np.testing.assert_array_equal(a, np.full(a.shape, 2.0))


def test_no_children():
    net, x = ConcatTable(), [np.ones(2), np.ones(3)]
    assert net.forward(x) == []
    first, second = net.backward(x, [])
    np.testing.assert_array_equal(first, [0, 0])
    np.testing.assert_array_equal(second, [0, 0, 0])


def test_dC_dy_needs_an_entry_for_each_child():
    net, x = ConcatTable(Identity(), Identity()), np.ones(2)
    net.forward(x)
    with pytest.raises(ValueError, match="dC_dy has 1 entries, expected 2"):
        net.backward(x, [x])
    with pytest.raises(TypeError, match=r"dC_dy has shape \(2,\), expected a table"):
        net.backward(x, x)


@pytest.mark.parametrize("cls", [ConcatTable, ParallelTable, MapTable])
@pytest.mark.parametrize("wrong", [np.ones((5, 4)), None, [np.ones((5, 3))]])
def test_no_child_learns_where_one_gradient_is_wrong(cls, wrong):
    children = [Linear(2, 3) for _ in range(1 if cls is MapTable else 2)]
    net, x = cls(*children), np.ones((5, 2))
    x = x if cls is ConcatTable else [x, x]
    net.forward(x)
    with pytest.raises((ValueError, TypeError), match=rf"{cls.__name__}: dC_dy\[1\] "):
        net.backprop(x, [np.ones((5, 3)), wrong])
    assert not children[0].grad_weight.any()


def test_the_gradient_of_a_number_may_have_one_axis():
    net, x = ConcatTable(CriterionTable(MSECriterion())), [np.array([3.0]), np.zeros(1)]
    net.forward(x)
    for dC_dy in (np.array(2.0), np.array([2.0])):
        np.testing.assert_array_equal(net.backward(x, [dC_dy])[0], [12])


def test_an_error_names_the_child():
    with pytest.raises(ValueError) as caught:
        ConcatTable(Identity(), Linear(3, 2)).forward(np.ones(2))
    assert caught.value.__notes__ == ["in module 1 of ConcatTable"]


def test_contract_for_a_table(rng):
    net = ConcatTable(Identity(), SelectTable(-1))
    check_module(net, [rng.standard_normal((3, 2)), [rng.standard_normal((3, 4))]])
