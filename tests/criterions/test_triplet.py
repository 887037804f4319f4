import numpy as np
import pytest

from nnmods.criterions import TripletMarginCriterion

A, B, C = np.zeros((2, 2)), np.array([[3.0, 4.0], [0.0, 1.0]]), np.full((2, 2), 2.0)
FAR = np.sqrt(8)


def test_by_hand():
    cost = TripletMarginCriterion(eps=0)
    first = 1 + 5 - FAR  # 1 + 1 - FAR < 0: the second costs nothing
    assert cost([A, B, C]) == pytest.approx(first / 2, rel=1e-15)
    dC_da, dC_db, dC_dc = cost.backward([A, B, C])
    near, far = np.array([0.6, 0.8]), np.sqrt([0.5, 0.5])
    np.testing.assert_allclose(dC_da, [(far - near) / 2, [0, 0]], 1e-14, 1e-15)
    np.testing.assert_allclose(dC_db, [near / 2, [0, 0]], 1e-14)
    np.testing.assert_allclose(dC_dc, [-far / 2, [0, 0]], 1e-14)
    total = TripletMarginCriterion(eps=0, size_average=False)
    assert total([A, B, C], "whatever") == pytest.approx(first, rel=1e-15)


@pytest.mark.parametrize(
    ("p", "near", "s_near"),
    [
        (1, 7, [-1, -1]),
        (np.inf, 4, [0, -1]),
        (3, 91 ** (1 / 3), -np.array([9, 16]) / 91 ** (2 / 3)),
        (0.5, 7 + 2 * np.sqrt(12), -(np.sqrt(3) + 2) / np.sqrt([3, 4])),
    ],
)
def test_other_norms(p, near, s_near):
    cost, y = TripletMarginCriterion(0, p, 0), [A[0], B[0], A[0]]
    assert cost(y) == pytest.approx(near, rel=1e-14)
    dC_da, dC_db, dC_dc = cost.backward(y)
    np.testing.assert_allclose(dC_da, s_near, 1e-13)
    np.testing.assert_allclose(dC_db, -np.asarray(s_near), 1e-13)
    np.testing.assert_array_equal(dC_dc, [0, 0])  # a distance of 0


def test_the_largest_entries_share():
    cost = TripletMarginCriterion(0, np.inf, 0)
    y = [np.zeros(3), np.array([2.0, -2.0, 1.0]), np.zeros(3)]
    np.testing.assert_array_equal(cost.backward(y)[1], [0.5, -0.5, 0])


def test_swap():
    cost, other = (TripletMarginCriterion(5, eps=0, swap=s) for s in (True, False))
    a, b, c = np.zeros(2), np.array([3.0, 0.0]), np.array([4.0, 0.0])
    assert cost([a, b, c]) == 5 + 3 - 1 and other([a, b, c]) == 5 + 3 - 4
    np.testing.assert_array_equal(cost.backward([a, b, c]), [[-1, 0], [2, 0], [-1, 0]])
    c = -c
    assert cost([a, b, c]) == other([a, b, c])
    for got, wanted in zip(
        cost.backward([a, b, c]), other.backward([a, b, c]), strict=True
    ):
        np.testing.assert_array_equal(got, wanted)


def test_exactly_at_the_margin_there_is_a_gradient():
    cost = TripletMarginCriterion(1, eps=0)
    a, b, c = np.array([[0.0]]), np.array([[1.0]]), np.array([[2.0]])
    assert cost([a, b, c]) == 0
    np.testing.assert_array_equal(cost.backward([a, b, c])[1], [[1]])


def test_eps_keeps_distances_off_0():
    cost, y = TripletMarginCriterion(eps=0.5), [np.ones(4)] * 3
    assert cost(y) == 1
    np.testing.assert_array_equal(cost.backward(y)[1], np.full(4, -0.5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [1, 2, 3, np.inf])
def test_extremes(p, dtype):
    cost = TripletMarginCriterion(0, p, 0)
    for size in (1e30, 1e-30):
        a, b = np.zeros((1, 1), dtype), np.full((1, 1), size, dtype)
        assert cost([a, b, a]) == float(dtype(size))
        np.testing.assert_array_equal(cost.backward([a, b, a])[1], [[1]])
    b[...] = np.inf
    assert cost([a, b, a]) == np.inf and cost([a, a, b]) == 0
    b[...] = np.nan
    assert np.isnan(cost([a, b, a])) and np.isnan(cost.backward([a, b, a])[1]).all()


def test_any_leading_axes():
    y = list(np.random.default_rng(0).standard_normal((3, 2, 4, 5)))
    rows = [a.reshape(8, 5) for a in y]
    cost = TripletMarginCriterion(swap=True)
    wanted = [cost(rows), *(a.reshape(2, 4, 5).copy() for a in cost.backward(rows))]
    assert cost(y) == wanted[0]
    for got, other in zip(cost.backward(y), wanted[1:], strict=True):
        np.testing.assert_array_equal(got, other)
    single = [a[0, 0] for a in y]
    assert cost(single) == cost([a[:1, 0] for a in y])


def test_errors_and_repr():
    cost = TripletMarginCriterion()
    with pytest.raises(ValueError, match=r"y has 2 entries, expected 3"):
        cost([A, B])
    with pytest.raises(ValueError, match=r"y\[2\] has shape \(2,\), expected \(2, 2\)"):
        cost([A, B, C[0]])
    with pytest.raises(
        ValueError, match=r"y\[0\] has shape \(\), expected \(..., \*\)"
    ):
        cost([np.array(1.0)] * 3)
    with pytest.raises(TypeError, match=r"y has shape \(2, 2\), expected a table"):
        cost(A)
    for p in (0, -2):
        with pytest.raises(ValueError, match=rf"p is {p}, expected a number above 0"):
            TripletMarginCriterion(p=p)
    assert repr(TripletMarginCriterion(None, None, None)) == "TripletMarginCriterion()"
    text = "TripletMarginCriterion(margin=2, p=1, swap=True, size_average=False)"
    assert repr(TripletMarginCriterion(2, 1, swap=True, size_average=False)) == text
