"""Schedules: values by hand, and the refusal of nonsense."""

import math

import pytest

from nnmods.optim import Constant, Cosine, InverseTime, Step


@pytest.mark.parametrize(
    "schedule, factors",
    [
        (Constant(), {0: 1, 10**6: 1}),
        (InverseTime(0.5), {0: 1, 1: 2 / 3, 2: 1 / 2, 6: 1 / 4}),
        (InverseTime(0), {0: 1, 10**6: 1}),
        (Step(3), {0: 1, 2: 1, 3: 0.1, 5: 0.1, 6: 0.01}),
        (Step(1, factor=0.5), {0: 1, 1: 0.5, 3: 0.125}),
        (Step(2, factor=0), {0: 1, 1: 1, 2: 0}),
        (Cosine(4), {0: 1, 1: (2 + 2**0.5) / 4, 2: 0.5, 4: 0, 9: 0}),
        (Cosine(2, floor=0.2), {0: 1, 1: 0.6, 2: 0.2, 3: 0.2}),
    ],
)
def test_factors_by_hand(schedule, factors):
    for t, factor in factors.items():
        assert schedule(t) == pytest.approx(factor, rel=1e-15, abs=1e-16)


@pytest.mark.parametrize(
    "schedule", [Constant(), InverseTime(0.3), Step(7), Cosine(60, floor=0.1)]
)
def test_factors_start_at_1_and_never_increase(schedule):
    factors = [schedule(t) for t in range(100)]
    assert factors[0] == 1
    assert factors == sorted(factors, reverse=True)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (
            lambda: InverseTime(-1),
            ValueError,
            "InverseTime: decay has value -1, expected a finite number >= 0",
        ),
        (
            lambda: InverseTime(math.nan),
            ValueError,
            "InverseTime: decay has value nan, expected a finite number >= 0",
        ),
        (
            lambda: Step(0),
            ValueError,
            "Step: every has value 0, expected at least 1",
        ),
        (
            lambda: Step(2.5),
            TypeError,
            "Step: every has type float, expected an integer",
        ),
        (
            lambda: Step(2, factor=1.5),
            ValueError,
            "Step: factor has value 1.5, expected a number from 0 to 1",
        ),
        (
            lambda: Cosine(True),
            TypeError,
            "Cosine: steps has type bool, expected an integer",
        ),
        (
            lambda: Cosine(10, floor="0"),
            TypeError,
            "Cosine: floor has type str, expected a number",
        ),
    ],
)
def test_nonsense_is_refused(make, error, message):
    with pytest.raises(error) as info:
        make()
    assert str(info.value) == message


def test_schedules_are_values():
    assert Step(5) == Step(5, factor=0.1)
    assert repr(Cosine(10)) == "Cosine(steps=10, floor=0.0)"
    with pytest.raises(AttributeError):
        Step(5).every = 6
