import numpy as np
import pytest

from nnmods.criterions import CrossEntropyCriterion

P = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
TARGET = np.array([1, 2])


def by_hand(s, w, target, used):
    """Return C and dC_dy of log(P), from targets written out as distributions."""
    t = (1 - s) * np.eye(3)[target] * w + s * w / 3
    t *= np.asarray(used)[:, None]
    total = (w[target] * used).sum()
    return -(t * np.log(P)).sum() / total, (P * t.sum(1, keepdims=True) - t) / total


@pytest.mark.parametrize("s", [0.1, 0.5, 1])
@pytest.mark.parametrize("weights", [None, [0.5, 2.0, 4.0]])
@pytest.mark.parametrize("ignore", [-100, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_share_goes_to_all_classes(s, weights, ignore, dtype):
    cost = CrossEntropyCriterion(
        weights, ignore_index=ignore, label_smoothing=s, dtype=dtype
    )
    y = (np.log(P) + np.array([[7.0], [-3.0]])).astype(dtype)
    w = np.ones(3) if weights is None else np.array(weights)
    C, dC_dy = by_hand(s, w, TARGET, TARGET != ignore)
    tol = 1e-13 if dtype == np.float64 else 2e-6
    assert cost(y, TARGET) == pytest.approx(C, rel=tol)
    got = cost.backward(y, TARGET)
    assert got.dtype == dtype
    np.testing.assert_allclose(got, dC_dy, tol, tol)
    cost.clear_state()
    np.testing.assert_array_equal(cost.backward(y, TARGET), got)


@pytest.mark.parametrize("weights", [None, np.arange(1.0, 101)])
def test_many_classes(weights):
    rng = np.random.default_rng(0)
    y, target = rng.standard_normal((4, 100)), rng.integers(0, 100, 4)
    w = np.ones(100) if weights is None else weights
    log_p = y - np.log(np.exp(y).sum(axis=1, keepdims=True))
    t = (0.8 * np.eye(100)[target] + 0.002) * w
    cost = CrossEntropyCriterion(weights, label_smoothing=0.2)
    C = -(t * log_p).sum() / w[target].sum()
    assert cost(y, target) == pytest.approx(C, rel=1e-13)
    wanted = (np.exp(log_p) * t.sum(1, keepdims=True) - t) / w[target].sum()
    np.testing.assert_allclose(cost.backward(y, target), wanted, 1e-11, 1e-16)


def test_all_ignored_costs_nothing():
    cost = CrossEntropyCriterion(ignore_index=1, label_smoothing=0.1)
    assert cost(np.log(P), np.array([1, 1])) == 0
    assert not cost.backward(np.log(P), np.array([1, 1])).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    cost = CrossEntropyCriterion(label_smoothing=0.5)
    y, target = np.array([[1000, -1000]], dtype), np.array([0])
    assert cost(y, target) == 500  # half of half of 2000
    np.testing.assert_array_equal(cost.backward(y, target), [[0.25, -0.25]])
    y[0, 1] = -np.inf  # a class that cannot be has a share of the label
    assert cost(y, target) == np.inf
    np.testing.assert_array_equal(cost.backward(y, target), [[0.25, -0.25]])


def test_option():
    text = "CrossEntropyCriterion(label_smoothing=0.1)"
    assert repr(CrossEntropyCriterion(label_smoothing=0.1)) == text
    assert (
        repr(CrossEntropyCriterion(label_smoothing=None)) == "CrossEntropyCriterion()"
    )
    for s in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match=r"label_smoothing is .*, expected 0 to 1"):
            CrossEntropyCriterion(label_smoothing=s)
