import numpy as np
import pytest

from nnmods.criterions import (
    BCECriterion,
    BCEWithLogitsCriterion,
    MultiLabelSoftMarginCriterion,
)

P = np.array([[0.5, 0.25, 0.75], [0.125, 0.5, 0.25]])
Y = np.log(P / (1 - P))
TARGET = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 1.0]])
EACH_DTYPE = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.mark.parametrize("weights", [None, [0.5, 2.0, 1.0], 3.0])
@pytest.mark.parametrize("average", [True, False])
def test_it_is_the_cost_of_the_sigmoid(weights, average):
    cost, other = (
        cls(weights, average) for cls in (BCEWithLogitsCriterion, BCECriterion)
    )
    assert cost(Y, TARGET) == pytest.approx(other(P, TARGET), rel=1e-10)
    wanted = other.backward(P, TARGET) * P * (1 - P)
    np.testing.assert_allclose(cost.backward(Y, TARGET), wanted, 1e-10)


@pytest.mark.parametrize("pos_weight", [2.0, [2.0, 0.0, 0.5]])
def test_a_weight_for_yes(pos_weight):
    cost, v = BCEWithLogitsCriterion(None, False, pos_weight), np.array(pos_weight)
    C = -(v * TARGET * np.log(P) + (1 - TARGET) * np.log(1 - P)).sum()
    assert cost(Y, TARGET) == pytest.approx(C, rel=1e-14)
    wanted = (1 - TARGET) * P - v * TARGET * (1 - P)
    np.testing.assert_allclose(cost.backward(Y, TARGET), wanted, 1e-13)


@EACH_DTYPE
@pytest.mark.parametrize("cls", [BCEWithLogitsCriterion, MultiLabelSoftMarginCriterion])
def test_scores_beyond_all_bounds(cls, dtype):
    cost = cls(size_average=False)
    for big in (1e30, np.inf):
        y, target = np.array([big, -big], dtype), np.array([1, 0], dtype)
        assert cost(y, target) == 0
        np.testing.assert_array_equal(cost.backward(y, target), [0, 0])
        assert cost(y, 1 - target) == 2 * float(dtype(big))
        np.testing.assert_array_equal(cost.backward(y, 1 - target), [1, -1])
    y[0] = np.nan
    assert np.isnan(cost(y, target))
    np.testing.assert_array_equal(np.isnan(cost.backward(y, target)), [True, False])


@EACH_DTYPE
def test_no_digits_cancel(dtype):
    cost, y = BCEWithLogitsCriterion(), np.array([60.0], dtype)
    rtol = 4 * float(np.finfo(dtype).eps)
    assert cost(y, np.ones(1)) == pytest.approx(np.exp(-60), rel=rtol)
    assert cost.backward(y, np.ones(1))[0] == pytest.approx(-np.exp(-60), rel=rtol)
    assert cost(-y, np.zeros(1)) == pytest.approx(np.exp(-60), rel=rtol)
    assert cost.backward(-y, np.zeros(1))[0] == pytest.approx(np.exp(-60), rel=rtol)


def test_weights_that_do_not_fit_and_repr():
    text = r"pos_weight has shape \(2,\), expected one that broadcasts to \(2, 3\)"
    with pytest.raises(ValueError, match=text):
        BCEWithLogitsCriterion(pos_weight=[1, 2])(Y, TARGET)
    with pytest.raises(ValueError, match=r": weights has shape \(2,\), expected one"):
        BCEWithLogitsCriterion([1, 2])(Y, TARGET)
    with pytest.raises(TypeError, match="pos_weight has dtype .*, expected real numb"):
        BCEWithLogitsCriterion(pos_weight=["a"])
    assert repr(BCEWithLogitsCriterion()) == "BCEWithLogitsCriterion()"
    text = "BCEWithLogitsCriterion(weights=[1.0, 2.0], pos_weight=3.0)"
    assert repr(BCEWithLogitsCriterion([1, 2], pos_weight=3)) == text
