import numpy as np

from nnmods.criterions import ClassNLLCriterion

Y = np.array([[-1.0, -2.0, -3.0], [-0.5, -4.0, -2.5]])
TARGET = np.array([1, 0])


def test_mean():
    nll = ClassNLLCriterion()
    assert nll(Y, TARGET) == (2 + 0.5) / 2
    wanted = [[0, -0.5, 0], [-0.5, 0, 0]]
    np.testing.assert_array_equal(nll.backward(Y, TARGET), wanted)


def test_divisor_is_the_sum_of_the_weights_of_the_targets():
    nll = ClassNLLCriterion([3.0, 1.0, 9.0])
    assert nll(Y, TARGET) == (1 * 2 + 3 * 0.5) / (1 + 3)
    wanted = [[0, -0.25, 0], [-0.75, 0, 0]]
    np.testing.assert_array_equal(nll.backward(Y, TARGET), wanted)


def test_sum():
    nll = ClassNLLCriterion([3.0, 1.0, 9.0], size_average=False)
    assert nll(Y, TARGET) == 3.5
    np.testing.assert_array_equal(nll.backward(Y, TARGET), [[0, -1, 0], [-3, 0, 0]])


def test_ignored_samples_do_not_count():
    nll = ClassNLLCriterion([3.0, 1.0, 9.0], ignore_index=1)
    assert nll(Y, TARGET) == 0.5
    np.testing.assert_array_equal(nll.backward(Y, TARGET), [[0, 0, 0], [-1, 0, 0]])


def test_an_impossible_label_costs_infinitely_much():
    y = np.array([[0.0, -np.inf]])
    assert ClassNLLCriterion()(y, np.array([1])) == np.inf
