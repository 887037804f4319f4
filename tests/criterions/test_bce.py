import numpy as np
import pytest

from nnmods.criterions import BCECriterion

Y = np.array([[0.5, 0.25], [0.75, 0.5]])
TARGET = np.array([[1.0, 0.0], [1.0, 0.5]])
COSTS = np.log([[2, 4 / 3], [4 / 3, 2]])
SLOPES = np.array([[-2, 4 / 3], [-4 / 3, 0]])  # (y - t) / (y (1 - y))


def test_mean():
    bce = BCECriterion()
    assert bce(Y, TARGET) == pytest.approx(COSTS.sum() / 4, rel=1e-11)
    np.testing.assert_allclose(bce.backward(Y, TARGET), SLOPES / 4, rtol=1e-11)


def test_weights_of_outputs_do_not_change_the_divisor():
    w = np.array([3.0, 0.5])
    bce = BCECriterion(w)
    assert bce(Y, TARGET) == pytest.approx((w * COSTS).sum() / 4, rel=1e-11)
    np.testing.assert_allclose(bce.backward(Y, TARGET), w * SLOPES / 4, rtol=1e-11)
    one = BCECriterion(w, size_average=False)
    assert one(Y[0], TARGET[0]) == pytest.approx((w * COSTS[0]).sum(), rel=1e-11)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certainty_is_finite(dtype):
    bce, y = BCECriterion(size_average=False), np.array([0, 1], dtype)
    right, wrong = y, 1 - y
    assert abs(bce(y, right)) < 1e-11
    assert bce(y, wrong) == pytest.approx(-2 * np.log(1e-12), rel=1e-4)
    np.testing.assert_allclose(bce.backward(y, wrong), [-1e12, 1e12], rtol=1e-4)


def test_small_costs_keep_their_digits():
    C = BCECriterion()(np.array([1 - 1e-6]), np.array([1.0]))
    assert C == pytest.approx(-np.log1p(-1e-6 + 1e-12), rel=1e-9)


@pytest.mark.parametrize("value", [-0.25, 1.5, np.inf])
def test_values_outside_0_to_1_are_refused_even_beside_nan(value):
    bce, y = BCECriterion(), np.array([[0.5, np.nan], [value, 0.5]])
    text = rf"^BCECriterion\(\): y has value {value:g} at \(1, 0\), expected 0 to 1; "
    for verb in (bce.forward, bce.backward):
        with pytest.raises(ValueError, match=text):
            verb(y, np.zeros((2, 2)))


def test_weights_are_checked():
    text = r"weights has shape \(3,\), expected one that broadcasts to \(2, 2\)"
    with pytest.raises(ValueError, match=text):
        BCECriterion(np.ones(3))(Y, TARGET)
    with pytest.raises(ValueError, match=r"weights has shape \(1, 2\)"):
        BCECriterion(np.ones((1, 2)))(Y[0], TARGET[0])
    with pytest.raises(TypeError, match="^BCECriterion: weights has dtype <U1"):
        BCECriterion(["a"])


def test_weights_are_its_own_and_follow_astype():
    w = np.ones(2)
    bce = BCECriterion(w)
    w[0] = 5
    np.testing.assert_array_equal(bce.weights, [1, 1])
    assert bce.float().weights.dtype == np.float32
    assert BCECriterion([1, 2], dtype="float32").weights.dtype == np.float32


def test_repr():
    assert repr(BCECriterion()) == "BCECriterion()"
    bce = BCECriterion([0.5, 2], size_average=False)
    assert repr(bce) == "BCECriterion(weights=[0.5, 2.0], size_average=False)"
    assert repr(BCECriterion(np.ones(9))) == "BCECriterion(weights=<(9,)>)"
