"""Line search and interpolation: minima worked out by hand, the Wolfe conditions."""

import math

import numpy as np
import pytest

from nnmods.optim import lswolfe, polyinterp
from nnmods.testing.compare import EXACT


def points_of(polynomial, places):
    derivative = np.polyder(polynomial)
    return [(t, np.polyval(polynomial, t), np.polyval(derivative, t)) for t in places]


def test_a_cubic_is_found_from_two_points():
    cubic = [1.0, -6.0, 9.0, 2.0]  # t (t - 3)^2 + 2: least at 3, between 1.5 and 4
    for places in ((1.5, 4.0), (4.0, 1.5)):
        points = points_of(cubic, places)
        assert math.isclose(polyinterp(points), 3.0, rel_tol=EXACT)
        assert math.isclose(polyinterp(points, 0.5, 5.0), 3.0, rel_tol=EXACT)
        assert polyinterp(points, 3.5, 5.0) == 3.5  # rises from there on
        # the left bound is lower than the minimum
        assert polyinterp(points, -1.0, 5.0) == -1.0


def test_a_minimum_outside_is_cut_off_at_the_nearer_end():
    points = points_of([1.0, -8.0, 16.0], (0.0, 1.0))  # (t - 4)^2
    assert polyinterp(points) == 1.0
    assert math.isclose(polyinterp(points, 0.0, 10.0), 4.0, rel_tol=EXACT)


def test_more_points_give_polynomials_of_higher_degree():
    quintic = np.polyint([1.0, -9.0, 26.0, -24.0, 0.0])  # slope t (t-2) (t-3) (t-4)
    at = {t: np.polyval(quintic, t) for t in (0.0, 2.0, 3.0, 4.0)}
    points = points_of(quintic, (0.5, 2.5, 4.5))
    wanted = min((t for t in at if t >= 1.0), key=at.get)
    assert math.isclose(polyinterp(points, 1.0, 4.2), wanted, rel_tol=1e3 * EXACT)
    assert polyinterp([(1.0, 5.0, -2.0)], 0.0, 3.0) == 3.0  # a line


@pytest.mark.parametrize("bounds", [(), (1.0, 3.0)])
def test_no_minimum_means_the_middle(bounds):
    assert polyinterp([(1.0, np.nan, -1.0), (3.0, 2.0, 1.0)], *bounds) == 2.0
    assert polyinterp([(1.0, 1.0, np.inf), (3.0, np.inf, 1.0)], *bounds) == 2.0
    assert polyinterp([(1.0, 0.0, 1.0), (3.0, 4.0, 1e160)]) == 2.0  # not real


def test_what_are_no_points_is_refused():
    for points in ([], [1.0, 2.0, 3.0], [(1.0, 2.0)]):
        with pytest.raises(ValueError, match=r"points has shape .*, expected \(n, 3\)"):
            polyinterp(points)


CURVES = {
    "parabola": (lambda w: (w - 3) ** 2, lambda w: 2 * (w - 3)),
    "steep": (lambda w: np.exp(w) - 50 * w, lambda w: np.exp(w) - 50),
    "flat": (lambda w: -w / (w**2 + 2), lambda w: (w**2 - 2) / (w**2 + 2) ** 2),
    "wavy": (
        lambda w: 0.1 * (w - 5) ** 2 + np.cos(4 * w) / 4,
        lambda w: 0.2 * (w - 5) - np.sin(4 * w),
    ),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("first", [1e-4, 0.1, 1.0, 30.0])
@pytest.mark.parametrize("name", CURVES)
def test_the_point_meets_the_conditions(name, first, dtype):
    C_of, slope_of = CURVES[name]
    w, dC_dw = np.array([0.1, 0.1], dtype), np.zeros(2, dtype)
    d = np.array([0.5, 0.5], dtype)  # w moves by t/2
    calls = []

    def fun():
        calls.append(w.copy())
        dC_dw[...] = slope_of(w.astype(np.float64)) / 2
        return float(C_of(float(w[0])))

    C, slope = fun(), float(dC_dw @ d)
    found, t = lswolfe(fun, w, dC_dw, d, first, C, slope, max_iter=40)
    assert slope < 0 < t
    assert found == C_of(float(w[0])) <= C + 1e-4 * t * slope
    assert abs(float(dC_dw @ d)) <= 0.9 * abs(slope)
    np.testing.assert_array_equal(dC_dw, (slope_of(w.astype("f8")) / 2).astype(dtype))
    np.testing.assert_array_equal(w, np.full(2, 0.1, dtype) + d * t)
    assert w.dtype == dtype


@pytest.mark.parametrize("c2, near", [(0.9, 3.0), (0.01, 0.05)])
def test_a_smaller_c2_searches_on(c2, near):
    w, dC_dw = np.zeros(1), np.array([-6.0])

    def fun():
        dC_dw[...] = 2 * (w - 3)
        return float((w[0] - 3) ** 2)

    lswolfe(fun, w, dC_dw, np.ones(1), 0.4, 9.0, -6.0, c2=c2)
    assert 0 < abs(w[0] - 3) <= near or w[0] == 3


def test_where_nothing_is_lower_w_stays():
    """The slope promises a descent that the cost does not keep."""
    w, dC_dw = np.array([1.0, 2.0]), np.array([-1.0, 0.0])
    start, gradient = w.copy(), dC_dw.copy()

    def fun():
        dC_dw.fill(5)
        return 4.0 if (w == start).all() else 4.5

    C, t = lswolfe(fun, w, dC_dw, np.array([1.0, 0.0]), 1.0, 4.0, -1.0)
    assert (C, t) == (4.0, 0.0)
    np.testing.assert_array_equal(w, start)
    np.testing.assert_array_equal(dC_dw, gradient)


def test_without_trials_left_the_lower_end_is_taken():
    w, dC_dw = np.zeros(1), np.array([-1.0])

    def fun():
        dC_dw[...] = -1
        return -float(w[0])  # never flattens

    C, t = lswolfe(fun, w, dC_dw, np.ones(1), 1.0, 0.0, -1.0, max_iter=3)
    assert C == -t == -w[0] and 1 < t <= 1000
    w.fill(0)
    assert lswolfe(fun, w, dC_dw, np.ones(1), 1.0, 0.0, -1.0, max_iter=0) == (-1, 1)
