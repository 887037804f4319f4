import numpy as np

from nnmods.criterions import AbsCriterion

Y, TARGET = np.array([1.0, 2.0, 3.0, -4.0]), np.array([1.0, 0.0, 6.0, -3.0])


def test_mean():
    cost = AbsCriterion()
    assert cost(Y, TARGET) == (0 + 2 + 3 + 1) / 4
    np.testing.assert_array_equal(cost.backward(Y, TARGET), [0.25, 0.25, -0.25, -0.25])


def test_sum():
    cost = AbsCriterion(size_average=False)
    assert cost(Y, TARGET) == 6
    np.testing.assert_array_equal(cost.backward(Y, TARGET), [1, 1, -1, -1])


def test_gradient_at_the_kink_is_1_whatever_the_signs_of_zero():
    cost = AbsCriterion(size_average=False)
    y, target = np.array([0.0, -0.0, 0.0, -0.0]), np.array([0.0, 0.0, -0.0, -0.0])
    np.testing.assert_array_equal(cost.backward(y, target), [1, 1, 1, 1])


def test_extremes():
    cost = AbsCriterion(size_average=False)
    y, target = np.array([1e300, -np.inf]), np.array([-1e300, 0.0])
    assert cost(y[:1], target[:1]) == 2e300 and cost(y, target) == np.inf
    np.testing.assert_array_equal(cost.backward(y, target), [1, -1])


def test_repr():
    assert repr(AbsCriterion()) == "AbsCriterion()"
    assert repr(AbsCriterion(False)) == "AbsCriterion(size_average=False)"
