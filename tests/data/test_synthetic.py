"""Problems in the plane: their curves, their sizes, their noise."""

import numpy as np
import pytest

from nnmods.data import spirals, two_moons


def test_two_moons_without_noise():
    moons = two_moons(5, noise=0)
    # Angles 0, pi/2, pi on the first circle; 0, pi on the second.
    expected = [[1, 0], [0, 0.5], [0, 1], [2, 0.5], [-1, 0]]
    np.testing.assert_allclose(moons.x, expected, atol=1e-15)
    assert moons.target.tolist() == [0, 1, 0, 1, 0]
    assert moons.classes == ("0", "1") and moons.name == "two moons"
    assert moons.x.dtype == np.float64 and moons.target.dtype == np.int64


def test_two_moons_lie_on_half_circles():
    moons = two_moons(101, noise=0)
    upper, lower = moons.x[moons.target == 0], moons.x[moons.target == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() > -1e-15 and lower[:, 1].max() < 0.5 + 1e-15


def test_spirals_without_noise():
    data = spirals(3, arms=2, noise=0)
    # Radii 1/2 and 1 on arm 0, 1 on arm 1; angles 4 r, and pi more on arm 1.
    expected = [
        [0.5 * np.cos(2), 0.5 * np.sin(2)],
        [-np.cos(4), -np.sin(4)],
        [np.cos(4), np.sin(4)],
    ]
    np.testing.assert_allclose(data.x, expected, atol=1e-15)
    assert data.target.tolist() == [0, 1, 0]
    assert data.classes == ("0", "1") and data.name == "spirals"


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 500])
def test_any_number_of_points(n):
    for data, classes in (
        (two_moons(n, rng=0), 2),
        (spirals(n, 1, rng=0), 1),
        (spirals(n, rng=0), 3),
        (spirals(n, 5, rng=0), 5),
    ):
        assert data.x.shape == (n, 2) and np.isfinite(data.x).all()
        counts = np.bincount(data.target, minlength=classes)
        assert counts.sum() == n and np.ptp(counts) <= 1
        assert len(data.classes) == classes


@pytest.mark.parametrize("make", [two_moons, spirals])
def test_generators(make):
    np.testing.assert_array_equal(make(9, rng=1).x, make(9, rng=1).x)
    assert (make(9, rng=1).x != make(9, rng=2).x).any()
    rng = np.random.default_rng(1)
    np.testing.assert_array_equal(make(9, rng=rng).x, make(9, rng=1).x)
    assert (make(9, rng=rng).x != make(9, rng=1).x).any()


def test_size_of_the_noise():
    n = 20_000
    noise = two_moons(n, 0.3, rng=0).x - two_moons(n, 0).x
    # The standard error of a deviation of 0.3 from 40,000 draws is 0.001.
    assert abs(noise.std() - 0.3) < 0.005
    noisy, clean = spirals(n, 3, 0.2, rng=0).x, spirals(n, 3, 0).x
    np.testing.assert_allclose(np.hypot(*noisy.T), np.hypot(*clean.T))
    turn = np.angle((noisy @ [1, 1j]) / (clean @ [1, 1j]))
    assert abs(turn.std() - 0.2) < 0.005


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: two_moons(-1), "n is -1, expected 0 or more"),
        (lambda: spirals(-1), "n is -1, expected 0 or more"),
        (lambda: two_moons(5, -0.5), "noise is -0.5, expected 0 or more"),
        (lambda: spirals(5, noise=np.nan), "noise is nan, expected 0 or more"),
        (lambda: spirals(5, arms=0), "arms is 0, expected 1 or more"),
    ],
)
def test_refuses_nonsense(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize("call", [lambda: two_moons(5.0), lambda: spirals(5, arms=2.0)])
def test_numbers_of_points_are_integers(call):
    with pytest.raises(TypeError):
        call()
