"""Sequence and Product: values by hand, states of several, and what is refused."""

import pytest

from nnmods.optim import (
    Constant,
    Cosine,
    InverseTime,
    LinearWarmup,
    Plateau,
    Product,
    Sequence,
    Step,
)


def test_a_sequence_counts_each_from_its_beginning():
    schedule = Sequence([Step(2, 0.5), InverseTime(1), Constant()], [3, 5])
    wanted = [1, 1, 0.5, 1, 0.5, 1, 1]
    assert [schedule(t) for t in range(7)] == wanted
    assert schedule(10**6) == 1


def test_a_warmup_before_a_cosine():
    schedule = Sequence([LinearWarmup(4), Cosine(10)], [4])
    assert [schedule(t) for t in (0, 1, 3, 4, 14)] == [0, 0.25, 0.75, 1, 0]
    assert schedule(9) == pytest.approx(0.5, rel=1e-15)


def test_a_sequence_of_one_is_that_one():
    schedule = Sequence([InverseTime(0.5)], [])
    assert [schedule(t) for t in range(9)] == [InverseTime(0.5)(t) for t in range(9)]


def test_a_product_by_hand():
    schedule = Product([LinearWarmup(4), Step(3, 0.5), lambda t: 2])
    assert [schedule(t) for t in (0, 1, 3, 6)] == [0, 0.5, 0.75, 0.5]


def test_they_nest():
    inner = Sequence([Constant(), Step(1, 0.5)], [2])
    schedule = Product([Sequence([LinearWarmup(2), inner], [2]), Constant()])
    assert [schedule(t) for t in range(7)] == [0, 0.5, 1, 1, 1, 0.5, 0.25]


def test_they_are_values():
    assert Product([Step(2), Constant()]) == Product((Step(2), Constant()))
    assert hash(Sequence([Step(2)], [])) == hash(Sequence((Step(2),), ()))
    assert repr(Product([Constant()])) == "Product(schedules=(Constant(),))"
    assert Product([Constant()]) != Sequence([Constant()], [])


def test_without_a_plateau_there_is_no_state():
    schedule = Product([Step(2), Sequence([Constant(), Step(3)], [4])])
    schedule.report(1.0, 3)
    assert schedule.state_dict() == {"1": {}}
    schedule.load_state_dict({"1": {}})


def test_if_the_second_state_is_refused_the_first_is_not_kept():
    schedule, other = (
        Product([Plateau(patience=0), Step(2), Plateau(0.5, patience=0)])
        for _ in range(2)
    )
    for t in (1, 2, 3):
        other.report(1.0, t)
    state, before = other.state_dict(), schedule.state_dict()
    state["2"]["t"] = -1
    with pytest.raises(ValueError, match="Plateau: t has value -1"):
        schedule.load_state_dict(state)
    assert schedule.state_dict() == before
    del state["2"]
    with pytest.raises(ValueError) as info:
        schedule.load_state_dict(state)
    assert str(info.value) == "Product: state has names 0, expected 0, 2"
    assert schedule.state_dict() == before


@pytest.mark.parametrize(
    "make, error, message",
    [
        (
            lambda: Product([]),
            ValueError,
            "Product: schedules has length 0, expected at least 1",
        ),
        (
            lambda: Product(Constant()),
            TypeError,
            "Product: schedules has type Constant, expected a sequence of schedules",
        ),
        (
            lambda: Sequence([Constant(), 1.0], [3]),
            TypeError,
            "Sequence: schedules[1] has type float, expected a callable t -> factor",
        ),
        (
            lambda: Sequence([Constant(), Step(3)], []),
            ValueError,
            "Sequence: milestones has length 0, expected 1, one for each schedule "
            "but the first",
        ),
        (
            lambda: Sequence([Constant()] * 3, [3, 3]),
            ValueError,
            "Sequence: milestones has 3 after 3, expected increasing steps",
        ),
        (
            lambda: Sequence([Constant()] * 2, [2.5]),
            TypeError,
            "Sequence: milestones[0] has type float, expected an integer",
        ),
    ],
)
def test_nonsense_is_refused(make, error, message):
    with pytest.raises(error) as info:
        make()
    assert str(info.value) == message
