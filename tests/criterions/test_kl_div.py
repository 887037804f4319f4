import numpy as np
import pytest

from nnmods.criterions import DistKLDivCriterion, KLDivCriterion

Y = np.log([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
TARGET = np.array([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25]])
COST = np.log(2) + 0.25 * np.log(2) * 2 + 0.5 * np.log(0.5 / 0.75)


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize(
    ("size_average", "batch_average", "divisor"),
    [(True, False, 6), (False, False, 1), (True, True, 2), (False, True, 2)],
)
def test_divisors(size_average, batch_average, divisor, log_target):
    cost = KLDivCriterion(size_average, batch_average, log_target)
    with np.errstate(divide="ignore"):
        target = np.log(TARGET) if log_target else TARGET  # -inf for 0
    assert cost(Y, target) == pytest.approx(COST / divisor, rel=1e-14)
    np.testing.assert_allclose(cost.backward(Y, target), -TARGET / divisor, 1e-15)


def test_the_same_as_torch7s():
    cost, other = KLDivCriterion(), DistKLDivCriterion()
    assert cost(Y, TARGET) == other(Y, TARGET)
    wanted = other.backward(Y, TARGET)
    np.testing.assert_array_equal(cost.backward(Y, TARGET), wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_impossible(dtype):
    y = np.array([-np.inf, np.inf, np.nan, -1], dtype)
    target = np.array([-np.inf, -np.inf, -np.inf, 0], dtype)
    cost = KLDivCriterion(False, log_target=True)
    assert cost(y, target) == 1
    np.testing.assert_array_equal(cost.backward(y, target), [0, 0, 0, -1])
    assert cost(y[:1], target[3:]) == np.inf
    for wrong in (cost, KLDivCriterion()):
        assert np.isnan(wrong(y[3:], y[2:3]))
        assert np.isnan(wrong.backward(y[3:], y[2:3])).all()


def test_empty_and_repr():
    cost = KLDivCriterion(batch_average=True)
    assert cost(Y[:0], TARGET[:0]) == 0 and cost.backward(Y[:0], TARGET[:0]).size == 0
    assert repr(KLDivCriterion(None, None, None)) == "KLDivCriterion()"
    assert repr(cost) == "KLDivCriterion(batch_average=True)"
    text = "KLDivCriterion(size_average=False, log_target=True)"
    assert repr(KLDivCriterion(False, log_target=True)) == text
