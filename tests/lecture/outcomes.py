"""Outcomes of the experiments, each computed once for all tests."""

from functools import cache

from nnmods.lecture import EXPERIMENTS


@cache
def outcome(number, seed):
    """Return what an experiment came to; nobody writes to it."""
    return EXPERIMENTS[number].run(seed)


def confirmed(number, seed):
    """Return the numbers of an experiment, which has to confirm its statement."""
    experiment = outcome(number, seed)
    assert experiment.number == number and experiment.holds
    return experiment.numbers


def column(numbers, name):
    """Return the entries of one column of the table, from top to bottom."""
    return [row[name] for row in numbers.values() if name in row]
