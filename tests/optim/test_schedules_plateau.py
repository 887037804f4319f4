"""Plateau: reductions by hand, its state, and what it does not accept."""

import copy
import math
import pickle

import numpy as np
import pytest

from nnmods.optim import SGD, Plateau, Product, Sequence, Step


def reported(values, every=1, **settings):
    """Return a Plateau that got a report of each value after so many steps."""
    schedule = Plateau(**settings)
    for i, value in enumerate(values):
        schedule.report(value, (i + 1) * every)
    return schedule


def reductions(values, **settings):
    """Return after how many reports the rate fell."""
    schedule = reported(values, **settings)
    factors = [schedule(t) for t in range(len(values) + 1)]
    return [t for t in range(1, len(factors)) if factors[t] < factors[t - 1]]


@pytest.mark.parametrize(
    "values, settings, wanted",
    [
        # the first value is an improvement; then patience + 1 others
        ([1, 1, 1, 1, 1], {"patience": 0}, [2, 3, 4, 5]),
        ([1, 1, 1, 1, 1, 1, 1], {"patience": 2}, [4, 7]),
        ([5, 4, 3, 2, 1], {"patience": 0}, []),
        ([5, 6, 4, 6, 6, 3], {"patience": 1}, [5]),
        # two reports after a reduction are not counted
        ([1, 1, 1, 1, 1, 1, 1], {"patience": 0, "cooldown": 2}, [2, 5]),
        # 0.95 is better than 1, but not by a tenth
        ([1, 0.95, 0.89], {"patience": 0, "threshold": 0.1}, [2]),
        ([10, 9.5, 8.9], {"patience": 0, "threshold": 0.1}, [2]),
        ([10, 9.5, 8.9], {"patience": 0, "threshold": 0.1, "relative": False}, []),
        ([-10, -10.5, -11.1], {"patience": 0, "threshold": 0.1}, [2]),
        ([1, 1], {"patience": 0, "threshold": 0}, [2]),
        ([1, 2, 3], {"patience": 0, "mode": "max"}, []),
        ([1, 1.05, 1.11], {"patience": 0, "mode": "max", "threshold": 0.1}, [2]),
        ([-1, -0.95, -0.89], {"patience": 0, "mode": "max", "threshold": 0.1}, [2]),
        ([math.nan, 1, math.nan, 1], {"patience": 0}, [1, 3, 4]),
        ([math.inf, 3, 2], {"patience": 0}, [1]),
        ([3, -math.inf, 2], {"patience": 0}, [3]),
    ],
)
def test_reductions_by_hand(values, settings, wanted):
    assert reductions(values, **settings) == wanted


def test_factors_by_hand():
    schedule = reported([1.0] * 4, every=10, factor=0.5, patience=0, floor=0.2)
    wanted = {0: 1, 19: 1, 20: 0.5, 29: 0.5, 30: 0.25, 39: 0.25, 40: 0.2, 10**6: 0.2}
    assert {t: schedule(t) for t in wanted} == wanted


def test_the_past_stays():
    schedule = Plateau(patience=0)
    seen = []
    for t in range(20):
        seen.append(schedule(t))
        schedule.report(1.0, t + 1)
    assert [schedule(t) for t in range(20)] == seen and len(set(seen)) > 5


def test_nothing_is_kept_once_the_floor_is_reached():
    schedule = reported([1.0] * 50, patience=0, factor=0.5, floor=0.3)
    assert schedule.state_dict()["reductions"] == [2, 3]
    assert (
        len(reported([1.0] * 50, patience=0, factor=0).state_dict()["reductions"]) == 1
    )


VALUES = np.random.default_rng(1).random(60)


def stateful():
    return [
        Plateau(patience=2, cooldown=1),
        Sequence([Step(9), Plateau(patience=1), Plateau(0.5, patience=0)], [13, 37]),
        Product([Plateau(patience=1), Step(9), Plateau(0.5, patience=3)]),
        Sequence([Product([Plateau(patience=1), Step(4)]), Step(9)], [50]),
    ]


def run(schedule, first, last):
    for t in range(first, last):
        schedule.report(VALUES[t], t + 1)
    return [schedule(t) for t in range(80)]


@pytest.mark.parametrize("i", range(4))
@pytest.mark.parametrize("stop", [0, 1, 17, 45])
def test_resumed_training_has_the_same_rates(i, stop):
    whole, first, second = (stateful()[i] for _ in range(3))
    wanted = run(whole, 0, 60)
    assert len(set(wanted)) > 3
    run(first, 0, stop)
    second.load_state_dict(first.state_dict())
    assert run(second, stop, 60) == wanted
    for copied in (copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
        assert run(copied, stop, 60) == wanted
    assert run(first, stop, 60) == wanted  # shares nothing with its copies


@pytest.mark.parametrize("i", range(4))
def test_a_state_is_a_copy(i):
    schedule = stateful()[i]
    before = [schedule(t) for t in range(80)]
    state = schedule.state_dict()
    kept = copy.deepcopy(state)
    run(schedule, 0, 60)
    assert state == kept
    schedule.load_state_dict(state)
    run(schedule, 0, 60)
    assert state == kept
    schedule.load_state_dict(state)
    assert [schedule(t) for t in range(80)] == before


def test_a_report_goes_to_the_schedule_of_the_coming_step():
    first, second = Plateau(patience=0), Plateau(patience=0)
    schedule = Sequence([first, second], [10])
    for t in (8, 9, 10, 11):
        schedule.report(1.0, t)
    assert first.state_dict()["reductions"] == [9]
    assert second.state_dict()["reductions"] == [1]
    assert [schedule(t) for t in (8, 9, 10, 11)] == [1, 0.1, 1, 0.1]


def test_arrays_of_a_file_serve_as_a_state():
    schedule = reported(VALUES, patience=1)
    state = {name: np.asarray(value) for name, value in schedule.state_dict().items()}
    other = Plateau(patience=1)
    other.load_state_dict(state)
    assert other.state_dict() == schedule.state_dict()
    assert type(other.state_dict()["t"]) is int
    empty = Plateau(patience=1).state_dict() | {"reductions": np.zeros(0)}
    other.load_state_dict(empty)
    assert other(10**6) == 1


def test_an_optimiser_carries_it():
    w, dC_dw = np.zeros(1), np.ones(1)
    opt = SGD((w, dC_dw), lr=1.0, schedule=Plateau(0.5, patience=0))
    opt.step()
    for _ in range(2):
        opt.schedule.report(3.0, opt.t)
    opt.step()
    assert w[0] == -1.5
    other = SGD((w, dC_dw), lr=1.0, schedule=Plateau(0.5, patience=0))
    other.load_state_dict(opt.state_dict())
    other.step()
    assert w[0] == -2


@pytest.mark.parametrize(
    "make, error, message",
    [
        (
            lambda: Plateau(factor=1),
            ValueError,
            "Plateau: factor has value 1, expected a number >= 0 and < 1",
        ),
        (
            lambda: Plateau(patience=-1),
            ValueError,
            "Plateau: patience has value -1, expected at least 0",
        ),
        (
            lambda: Plateau(threshold=1),
            ValueError,
            "Plateau: threshold has value 1, expected a number >= 0 and < 1",
        ),
        (
            lambda: Plateau(cooldown=0.5),
            TypeError,
            "Plateau: cooldown has type float, expected an integer",
        ),
        (
            lambda: Plateau(mode="low"),
            ValueError,
            "Plateau: mode has value 'low', expected 'min' or 'max'",
        ),
    ],
)
def test_nonsense_is_refused(make, error, message):
    with pytest.raises(error) as info:
        make()
    assert str(info.value) == message


GOOD = Plateau().state_dict()


@pytest.mark.parametrize(
    "use, error, message",
    [
        (
            lambda p: p.report("1", 50),
            TypeError,
            "Plateau: value has type str, expected a number",
        ),
        (
            lambda p: p.report(1.0, 39),
            ValueError,
            "Plateau: t has value 39, expected at least 40",
        ),
        (
            lambda p: p.report(1.0, 50.0),
            TypeError,
            "Plateau: t has type float, expected an integer",
        ),
        (
            lambda p: p.load_state_dict([]),
            TypeError,
            "Plateau: state has type list, expected a dict",
        ),
        (
            lambda p: p.load_state_dict({"best": 1.0}),
            ValueError,
            "Plateau: state has names best, expected "
            "best, waited, cooling, t, reductions",
        ),
        (
            lambda p: p.load_state_dict(GOOD | {"best": None}),
            TypeError,
            "Plateau: best has type NoneType, expected a number",
        ),
        (
            lambda p: p.load_state_dict(GOOD | {"waited": -1}),
            ValueError,
            "Plateau: waited has value -1, expected at least 0",
        ),
        (
            lambda p: p.load_state_dict(GOOD | {"reductions": 3}),
            TypeError,
            "Plateau: reductions has type int, expected a list of steps",
        ),
        (
            lambda p: p.load_state_dict(GOOD | {"reductions": [3, 0.5]}),
            TypeError,
            "Plateau: reductions[0] has type float, expected an integer",
        ),
        (
            lambda p: p.load_state_dict(GOOD | {"reductions": [5, 3]}),
            ValueError,
            "Plateau: reductions has value [5, 3], expected increasing steps",
        ),
    ],
)
def test_what_is_refused_changes_nothing(use, error, message):
    schedule = reported([1.0] * 4, every=10, patience=0)
    before = schedule.state_dict()
    with pytest.raises(error) as info:
        use(schedule)
    assert str(info.value) == message
    assert schedule.state_dict() == before
