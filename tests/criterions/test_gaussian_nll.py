import numpy as np
import pytest

from nnmods.criterions import GaussianNLLCriterion

MEAN = np.array([[1.0, 3.0, -1.0], [0.0, 2.0, 5.0]])
TARGET = np.array([[1.0, 1.0, 1.0], [0.5, 0.0, 1.0]])
D = MEAN - TARGET


def test_by_hand():
    v = np.array([[1.0, 4.0, 0.25], [1.0, 2.0, 8.0]])
    C = (D**2 / v + np.log(v)) / 2
    cost, y = GaussianNLLCriterion(), [MEAN, v]
    assert cost(y, TARGET) == pytest.approx(C.mean(), rel=1e-14)
    dC_dm, dC_dv = cost.backward(y, TARGET)
    np.testing.assert_allclose(dC_dm, D / v / 6, 1e-14)
    np.testing.assert_allclose(dC_dv, (1 / v - D**2 / v**2) / 12, 1e-14)
    full = GaussianNLLCriterion(True, size_average=False)
    C = C.sum() + 3 * np.log(2 * np.pi)
    assert full(y, TARGET) == pytest.approx(C, rel=1e-14)


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_one_variance_for_each_vector(shape):
    v = np.array([2.0, 0.5])
    wide, cost = np.repeat(v[:, None], 3, axis=1), GaussianNLLCriterion(True)
    C, dC_dy = cost([MEAN, wide], TARGET), cost.backward([MEAN, wide], TARGET)
    wanted = dC_dy[0].copy(), dC_dy[1].sum(axis=1).reshape(shape)
    y = [MEAN, v.reshape(shape)]
    assert cost(y, TARGET) == pytest.approx(C, rel=1e-14)
    for got, other in zip(cost.backward(y, TARGET), wanted, strict=True):
        assert got.shape == other.shape
        np.testing.assert_allclose(got, other, 1e-13)
    nothing = [MEAN[:0], y[1][:0]]
    assert cost(nothing, TARGET[:0]) == 0
    assert cost.backward(nothing, TARGET[:0])[1].shape == (0, *shape[1:])


def test_the_smallest_variance():
    cost, y = GaussianNLLCriterion(eps=0.25), [np.ones(3), np.array([0, 0.25, 0.2])]
    target = np.array([1, 1, 1 - np.sqrt(3)])
    C = (3 / 0.25 + 3 * np.log(0.25)) / 6
    assert cost(y, target) == pytest.approx(C, rel=1e-14)
    dC_dv = cost.backward(y, target)[1]  # at eps itself there is a gradient
    np.testing.assert_allclose(dC_dv, [0, 4 / 6, 0], 1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    big = np.finfo(dtype).max / 4
    y = [np.array([big, np.inf, 0], dtype), np.array([big, 1, np.inf], dtype)]
    cost = GaussianNLLCriterion(size_average=False)
    first = [a[:1] for a in y]
    assert cost(first, np.zeros(1)) == pytest.approx(float(big) / 2, rel=1e-6)
    dC_dm, dC_dv = cost.backward(first, np.zeros(1))
    np.testing.assert_allclose([*dC_dm, *dC_dv], [1, -0.5], 1e-6)
    assert cost(y, np.zeros(3)) == np.inf
    np.testing.assert_array_equal(cost.backward(y, np.zeros(3))[0], [1, np.inf, 0])
    y[1][1] = np.nan
    assert np.isnan(cost(y, np.zeros(3)))
    for got in cost.backward(y, np.zeros(3)):
        np.testing.assert_array_equal(np.isnan(got), [False, True, False])


def test_errors_and_repr():
    cost = GaussianNLLCriterion()
    with pytest.raises(
        ValueError, match=r"y\[1\] has value -1 at \(0, 2\), expected 0"
    ):
        cost([MEAN, np.array([[1, 1, -1], [1, 1, 1]])], TARGET)
    for shape in [(3,), (1, 3), (2, 2), ()]:
        text = r"y\[1\] has shape \(.*\), expected \(2, 3\)"
        with pytest.raises(ValueError, match=text):
            cost([MEAN, np.ones(shape)], TARGET)
    with pytest.raises(ValueError, match=r"target has shape \(3,\), expected \(2, 3\)"):
        cost([MEAN, MEAN**2], np.ones(3))
    with pytest.raises(ValueError, match=r"y has 1 entries, expected 2"):
        cost([MEAN], TARGET)
    with pytest.raises(ValueError, match=r"eps is 0.0, expected a number above 0"):
        GaussianNLLCriterion(eps=0.0)
    assert repr(GaussianNLLCriterion(None, None, None)) == "GaussianNLLCriterion()"
    text = "GaussianNLLCriterion(full=True, eps=0.1, size_average=False)"
    assert repr(GaussianNLLCriterion(True, 0.1, False)) == text
