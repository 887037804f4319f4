"""Schedules: values by hand, and the refusal of nonsense."""

import copy
import math
import pickle

import numpy as np
import pytest

from nnmods.optim import (
    SGD,
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    InverseTime,
    Lambda,
    LinearWarmup,
    MultiStep,
    OneCycle,
    Polynomial,
    Step,
)


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
        (MultiStep([2, 5]), {0: 1, 1: 1, 2: 0.1, 4: 0.1, 5: 0.01, 10**6: 0.01}),
        (MultiStep(np.array([3]), 0.5), {2: 1, 3: 0.5}),
        (MultiStep([]), {0: 1, 10**6: 1}),
        (Exponential(0.5), {0: 1, 1: 0.5, 4: 1 / 16, 10**6: 0}),
        (Exponential(0), {0: 1, 1: 0}),
        (Polynomial(4), {0: 1, 1: 3 / 4, 3: 1 / 4, 4: 0, 5: 0}),
        (Polynomial(4, power=0.5), {0: 1, 3: 1 / 2, 4: 0}),
        (Polynomial(2, power=3, floor=0.2), {0: 1, 1: 0.3, 2: 0.2, 3: 0.2}),
        (Polynomial(3, power=0), {0: 1, 10**6: 1}),
        (CosineRestarts(4), {0: 1, 2: 0.5, 3: (2 - 2**0.5) / 4, 4: 1, 4000: 1}),
        # waves of 2, 6 and 18 steps
        (CosineRestarts(2, 3, floor=0.2), {1: 0.6, 2: 1, 5: 0.6, 8: 1, 17: 0.6, 26: 1}),
        (CosineRestarts(1), {0: 1, 1: 1, 2: 1}),
        (LinearWarmup(4), {0: 0, 1: 0.25, 3: 0.75, 4: 1, 10**6: 1}),
        (LinearWarmup(4, start=0.2), {0: 0.2, 1: 0.4, 4: 1}),
        (LinearWarmup(1), {0: 0, 1: 1}),
        # the peak at step 4, the end at step 9
        (
            OneCycle(10, 0.5, 5, 2, "linear"),
            {0: 0.2, 1: 0.4, 4: 1, 5: 0.82, 9: 0.1, 10: 0.1, 10**6: 0.1},
        ),
        (OneCycle(9, 1 / 3, 4, 2), {0: 1 / 4, 1: 5 / 8, 2: 1, 5: 9 / 16, 8: 1 / 8}),
        (OneCycle(3, pct_start=1), {0: 1 / 25, 2: 1, 3: 4e-6}),
        (OneCycle(3, pct_start=1 / 3), {0: 1, 2: 4e-6, 3: 4e-6}),
        (OneCycle(1, pct_start=0), {0: 4e-6, 1: 4e-6}),
        (
            OneCycle(2),
            {
                0: (1 + 4e-6) / 2 + (1 - 4e-6) * math.cos(0.4 / 1.4 * math.pi) / 2,
                1: 4e-6,
            },
        ),
        (Lambda(lambda t: 1 / (1 + t)), {0: 1, 1: 1 / 2, 9: 1 / 10}),
        (Lambda(lambda t: np.float64(t)), {0: 0, 7: 7}),
        (Lambda(lambda t: 2), {0: 2}),
    ],
)
def test_factors_by_hand(schedule, factors):
    for t, factor in factors.items():
        assert schedule(t) == pytest.approx(factor, rel=1e-15, abs=1e-16)


@pytest.mark.parametrize(
    "schedule",
    [
        Constant(),
        InverseTime(0.3),
        Step(7),
        Cosine(60, floor=0.1),
        MultiStep([20, 50]),
        Exponential(0.97),
        Polynomial(60, power=1.7, floor=0.1),
    ],
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
            lambda: MultiStep([30, 20]),
            ValueError,
            "MultiStep: milestones has 20 after 30, expected increasing steps",
        ),
        (
            lambda: MultiStep([0, 20]),
            ValueError,
            "MultiStep: milestones[0] has value 0, expected at least 1",
        ),
        (
            lambda: MultiStep(30),
            TypeError,
            "MultiStep: milestones has type int, expected a sequence of integers",
        ),
        (
            lambda: MultiStep([30], factor=2),
            ValueError,
            "MultiStep: factor has value 2, expected a number from 0 to 1",
        ),
        (
            lambda: Exponential(1.1),
            ValueError,
            "Exponential: factor has value 1.1, expected a number from 0 to 1",
        ),
        (
            lambda: Polynomial(0),
            ValueError,
            "Polynomial: steps has value 0, expected at least 1",
        ),
        (
            lambda: Polynomial(5, power=math.inf),
            ValueError,
            "Polynomial: power has value inf, expected a finite number >= 0",
        ),
        (
            lambda: CosineRestarts(5, growth=1.5),
            TypeError,
            "CosineRestarts: growth has type float, expected an integer",
        ),
        (
            lambda: LinearWarmup(5, start=2),
            ValueError,
            "LinearWarmup: start has value 2, expected a number from 0 to 1",
        ),
        (
            lambda: OneCycle(5, final_div_factor=0.5),
            ValueError,
            "OneCycle: final_div_factor has value 0.5, expected at least 1",
        ),
        (
            lambda: OneCycle(5, anneal="cosine"),
            ValueError,
            "OneCycle: anneal has value 'cosine', expected 'cos' or 'linear'",
        ),
        (
            lambda: Lambda(0.5),
            TypeError,
            "Lambda: function has type float, expected a callable t -> factor",
        ),
        (
            lambda: Lambda(lambda t: math.nan)(7),
            ValueError,
            "Lambda: function(7) has value nan, expected a finite number >= 0",
        ),
        (
            lambda: Lambda(lambda t: -0.1)(0),
            ValueError,
            "Lambda: function(0) has value -0.1, expected a finite number >= 0",
        ),
        (
            lambda: Lambda(lambda t: None)(0),
            TypeError,
            "Lambda: function(0) has type NoneType, expected a number",
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
    assert repr(MultiStep([1, 2])) == "MultiStep(milestones=(1, 2), factor=0.1)"
    assert len({MultiStep([1, 2]), MultiStep((1, 2)), MultiStep([1])}) == 2
    with pytest.raises(AttributeError):
        Step(5).every = 6


def test_milestones_are_copied():
    milestones = [2, 4]
    schedule = MultiStep(milestones)
    milestones[0] = 3
    assert schedule(2) == 0.1


@pytest.mark.parametrize(
    "schedule",
    [
        MultiStep([3, 9]),
        Exponential(0.9),
        Step(2, 0.9),
        Polynomial(20, power=2),
        CosineRestarts(3, growth=2),
        LinearWarmup(8),
        OneCycle(20),
    ],
    ids=repr,
)
def test_factors_are_floats_and_copies_give_the_same(schedule):
    copies = copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))
    for t in range(30):
        assert type(schedule(t)) is float and schedule(t) == schedule(np.int64(t))
        assert all(other(t) == schedule(t) for other in copies)


def test_an_optimiser_follows_a_schedule():
    w, dC_dw = np.zeros(1), np.ones(1)
    opt = SGD((w, dC_dw), lr=0.5, schedule=LinearWarmup(2))
    for wanted in (0.0, -0.25, -0.75, -1.25):
        opt.step()
        assert w[0] == wanted
