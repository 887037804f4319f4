import numpy as np
import pytest

from nnmods.criterions import ClassNLLCriterion, MSECriterion
from nnmods.layers.linear import Linear
from nnmods.layers.table import CriterionTable

Y, TARGET = np.array([[1.0, 3.0]]), np.array([[0.0, 5.0]])


def test_the_cost_as_an_array():
    cost = CriterionTable(MSECriterion())
    y = cost.forward([Y, TARGET])
    assert y.shape == () and y == 2.5 and cost.y is y


@pytest.mark.parametrize("factor", [np.array(10.0), np.array([10.0])])
def test_the_gradient_is_that_of_the_criterion_times_dC_dy(factor):
    """Torch7 takes dC_dy for 1."""
    first, second = CriterionTable(MSECriterion()).backward([Y, TARGET], factor)
    np.testing.assert_array_equal(first, [[10, -20]])
    np.testing.assert_array_equal(second, [[0, 0]])


def test_labels_and_single_precision():
    cost = CriterionTable(ClassNLLCriterion()).float()
    x = [np.log(np.array([[0.25, 0.75]], np.float32)), np.array([1])]
    assert cost(x).dtype == np.float32
    first, second = cost.backward(x, np.array(1, np.float32))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, [[0, -1]])
    np.testing.assert_array_equal(second, [0])


def test_tangents():
    cost = CriterionTable(MSECriterion())
    dy = cost.jvp([Y, TARGET], [np.array([[1.0, 10.0]]), np.ones((1, 2))])
    assert dy.shape == () and dy == 1 - 20


def test_a_tangent_of_one_number():
    cost, x = CriterionTable(MSECriterion()), [np.array(2.0), np.array(0.5)]
    assert cost.jvp(x, [np.array(3.0), np.array(1.0)]) == 2 * 1.5 * 3


def test_errors():
    with pytest.raises(
        TypeError, match="criterion has type Linear, expected a Criteri"
    ):
        CriterionTable(Linear(2, 2))
    cost = CriterionTable(MSECriterion())
    with pytest.raises(ValueError, match="x has 1 entries, expected 2"):
        cost.forward([Y])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(\)"):
        cost.backward([Y, TARGET], np.ones(2))


def test_repr():
    assert repr(CriterionTable(MSECriterion())) == "CriterionTable(MSECriterion())"


def test_second_derivatives_are_those_of_the_criterion():
    """The Hessian of a mean of two squares is 1; what the target does is left out."""
    cost, x, dC_dy = CriterionTable(MSECriterion()), [Y, TARGET], np.array(10.0)
    first, second = cost.hvp(x, dC_dy, [np.array([[1.0, 2.0]]), np.ones((1, 2))])
    np.testing.assert_array_equal(first, [[10, 20]])
    np.testing.assert_array_equal(second, [[0, 0]])
    first, second = cost.backward_diag_hessian(x, np.array(3.0))
    np.testing.assert_array_equal(first, [[3, 12]])
    np.testing.assert_array_equal(second, [[0, 0]])
    first, _ = cost.backward_diag_hessian(x, np.array(3.0), dC_dy)
    np.testing.assert_array_equal(first, [[13, 22]])
