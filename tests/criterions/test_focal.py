import numpy as np
import pytest

from nnmods.criterions import CrossEntropyCriterion, FocalCriterion

P = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
TARGET = np.array([1, 1])
EACH_DTYPE = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def test_by_hand():
    cost, y = FocalCriterion(size_average=False), np.log(P) + np.array([[7.0], [-3.0]])
    C = np.array([0.75**2 * np.log(4), 0.25**2 * np.log(4 / 3)])
    assert cost(y, TARGET) == pytest.approx(C.sum(), rel=1e-14)
    k = [0.75**2 + 2 * 0.25 * 0.75 * np.log(4), 0.25**2 + 1.5 * 0.25 * np.log(4 / 3)]
    wanted = np.array(k)[:, None] * [[0.5, -0.75, 0.25], [0.125, -0.25, 0.125]]
    np.testing.assert_allclose(cost.backward(y, TARGET), wanted, 1e-13)
    mean = FocalCriterion(None)
    assert mean(y, TARGET) == pytest.approx(C.sum() / 2, rel=1e-14)
    np.testing.assert_allclose(mean.backward(y, TARGET), wanted / 2, 1e-13)


def test_weights_enter_the_divisor_and_ignored_labels_do_not():
    cost = FocalCriterion(2, [9, 1, 3], ignore_index=0)
    y, target = np.log(np.concatenate([P, P])), np.array([1, 2, 0, 0])
    C = (0.75**2 * np.log(4) + 3 * 0.875**2 * np.log(8)) / 4
    assert cost(y, target) == pytest.approx(C, rel=1e-14)
    assert not cost.backward(y, target)[2:].any()
    nothing = np.zeros(4, int)
    assert cost(y, nothing) == 0 and not cost.backward(y, nothing).any()


@pytest.mark.parametrize("n_classes", [3, 100])
def test_without_focus_it_is_the_cross_entropy(n_classes):
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((5, n_classes)), rng.integers(0, n_classes, 5)
    cost, other = FocalCriterion(0), CrossEntropyCriterion()
    assert cost(y, target) == pytest.approx(other(y, target), rel=1e-14)
    got = cost.backward(y, target)
    np.testing.assert_allclose(got, other.backward(y, target), 1e-12)


@EACH_DTYPE
@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2.5])
def test_extremes(gamma, dtype):
    cost = FocalCriterion(gamma, size_average=False)
    y = np.array([[1e30, -1e30], [np.inf, 0], [-np.inf, 0]], dtype)
    assert cost(y[:1], np.array([0])) == 0
    np.testing.assert_array_equal(cost.backward(y[:1], np.array([0])), [[0, 0]])
    assert cost(y[:1], np.array([1])) == float(dtype(2e30))
    np.testing.assert_array_equal(cost.backward(y[:1], np.array([1])), [[1, -1]])
    assert cost(y[2:], np.array([0])) == np.inf
    np.testing.assert_array_equal(cost.backward(y[2:], np.array([0])), [[-1, 1]])
    assert np.isnan(cost(y[1:2], np.array([0])))
    assert np.isnan(cost.backward(y[1:2], np.array([0]))).any()


def test_pixels_are_samples():
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))
    cost, weights = FocalCriterion(1.5, [1, 2, 3]), FocalCriterion(1.5, [1, 2, 3])
    rows = np.moveaxis(y, 1, -1).reshape(-1, 3)
    assert cost(y, target) == weights(rows, target.reshape(-1))
    wanted = weights.backward(rows, target.reshape(-1)).reshape(2, 4, 5, 3)
    got = cost.backward(y, target)
    np.testing.assert_array_equal(got, np.moveaxis(wanted, -1, 1))
    assert cost(y[:0], target[:0]) == 0
    assert cost.backward(y[:0], target[:0]).shape == (0, 3, 4, 5)
    whole = rng.integers(-3, 4, y.shape)
    wanted = cost.backward(whole.astype(float), target).copy()
    np.testing.assert_array_equal(cost.backward(whole, target), wanted)


def test_one_sample():
    cost, y = FocalCriterion(), np.log(P[0])
    C, dC_dy = cost(P[:1] * 0 + y, np.array([1])), cost.backward(y[None], np.array([1]))
    wanted = dC_dy[0].copy()
    for target in (1, np.array([1]), np.array(1.0)):
        assert cost(y, target) == C
        np.testing.assert_array_equal(cost.backward(y, target), wanted)


def test_errors_and_repr():
    cost, y = FocalCriterion(), np.zeros((2, 3, 4))
    with pytest.raises(ValueError, match=r"target has shape \(2,\), expected \(2, 4\)"):
        cost(y, np.zeros(2, int))
    with pytest.raises(ValueError, match=r"target has label 3 at 0, expected 0 to 2"):
        cost(y, np.full((2, 4), 3))
    with pytest.raises(ValueError, match=r"y has 3 classes, expected 2, one for each"):
        FocalCriterion(weights=[1, 2])(y, np.zeros((2, 4), int))
    for gamma in (-1, np.nan):
        with pytest.raises(ValueError, match=r"gamma is .*, expected 0 or more"):
            FocalCriterion(gamma)
    with pytest.raises(TypeError, match="gamma has type str, expected a real number"):
        FocalCriterion("2")
    assert repr(cost) == "FocalCriterion()"
    assert (
        repr(FocalCriterion(1, [1, 2])) == "FocalCriterion(gamma=1, weights=[1.0, 2.0])"
    )
