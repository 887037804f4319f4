import numpy as np
import pytest

from nnmods.criterions import DistKLDivCriterion

Y = np.log([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
TARGET = np.array([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25]])
COST = np.log(2) + 0.25 * np.log(2) * 2 + 0.5 * np.log(0.5 / 0.75)


def test_mean_over_all_entries():
    cost = DistKLDivCriterion()
    assert cost(Y, TARGET) == pytest.approx(COST / 6, rel=1e-14)
    np.testing.assert_allclose(cost.backward(Y, TARGET), -TARGET / 6, rtol=1e-15)


def test_sum():
    cost = DistKLDivCriterion()
    cost.size_average = False
    assert cost(Y, TARGET) == pytest.approx(COST, rel=1e-14)
    np.testing.assert_array_equal(cost.backward(Y, TARGET), -TARGET)
    assert repr(cost) == "DistKLDivCriterion(size_average=False)"


def test_a_distribution_is_at_no_distance_from_itself():
    assert DistKLDivCriterion()(Y, np.exp(Y)) == pytest.approx(0, abs=1e-16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_the_target_is_0_or_less_y_does_not_matter(dtype):
    cost = DistKLDivCriterion(size_average=False)
    y = np.array([-np.inf, np.nan, -1.0, np.inf], dtype)
    target = np.array([0, 0, 1, -2], dtype)
    assert cost(y, target) == 1
    np.testing.assert_array_equal(cost.backward(y, target), [0, 0, -1, 0])


def test_what_is_impossible_and_happens_costs_infinitely_much():
    cost, nan = DistKLDivCriterion(), np.array([np.nan])
    assert cost(np.array([-np.inf]), np.array([0.5])) == np.inf
    assert np.isnan(cost(nan, np.array([0.5])))


def test_the_same_shape_is_asked_for():
    text = r"^DistKLDivCriterion\(\): target has shape \(3, 2\), expected \(2, 3\)$"
    with pytest.raises(ValueError, match=text):
        DistKLDivCriterion()(Y, TARGET.T)
