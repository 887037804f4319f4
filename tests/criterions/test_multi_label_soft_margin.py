import numpy as np
import pytest

from nnmods.criterions import BCECriterion, MultiLabelSoftMarginCriterion

Y = np.log([[1.0, 3.0], [3.0, 1.0]])
TARGET = np.array([[1.0, 0.0], [1.0, 0.5]])
COSTS = np.log([[2, 4], [4 / 3, 2]])
SLOPES = np.array([[-0.5, 0.75], [-0.25, 0]])


def test_mean_and_weights_that_do_not_enter_the_divisor():
    cost = MultiLabelSoftMarginCriterion()
    assert cost(Y, TARGET) == pytest.approx(COSTS.sum() / 4, rel=1e-14)
    np.testing.assert_allclose(cost.backward(Y, TARGET), SLOPES / 4, rtol=1e-14)
    w = np.array([3.0, 0.5])
    cost = MultiLabelSoftMarginCriterion(w)
    assert cost(Y, TARGET) == pytest.approx((w * COSTS).sum() / 4, rel=1e-14)
    np.testing.assert_allclose(cost.backward(Y, TARGET), w * SLOPES / 4, rtol=1e-14)


def test_it_is_bce_of_the_sigmoid():
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((5, 3)), rng.uniform(0, 1, (5, 3))
    wanted = BCECriterion([1, 2, 3], False)(1 / (1 + np.exp(-y)), target)
    got = MultiLabelSoftMarginCriterion([1, 2, 3], False)(y, target)
    assert got == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores(dtype):
    cost = MultiLabelSoftMarginCriterion(size_average=False)
    y, yes = np.array([1e30, -1e30], dtype), np.array([1, 0], dtype)
    assert cost(y, yes) == 0 and cost(y, 1 - yes) == float(2 * dtype(1e30))
    np.testing.assert_array_equal(cost.backward(y, yes), [0, 0])
    np.testing.assert_array_equal(cost.backward(y, 1 - yes), [1, -1])


def test_weights_are_checked():
    with pytest.raises(ValueError, match="weights has 2 axes, expected 1"):
        MultiLabelSoftMarginCriterion(np.ones((2, 2)))
    cost = MultiLabelSoftMarginCriterion([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"weights has shape \(3,\), expected one"):
        cost(Y, TARGET)
    assert repr(cost) == "MultiLabelSoftMarginCriterion(weights=[1.0, 2.0, 3.0])"
