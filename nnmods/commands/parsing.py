"""Parsing of the command line: its parser, and numbers within bounds."""

import argparse
import math

from nnmods.commands.errors import CommandError


class Parser(argparse.ArgumentParser):
    """A parser that raises `CommandError` instead of printing its usage."""

    def __init__(self, **options):
        super().__init__(
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **options,
        )

    def error(self, message):
        raise CommandError(message)


def count(text):
    """Return a whole number of at least 1."""
    return _number(text, int, lambda n: n >= 1, "a whole number of at least 1")


def seed(text):
    """Return a whole number of at least 0."""
    return _number(text, int, lambda n: n >= 0, "a whole number of at least 0")


def positive(text):
    """Return a finite number above 0."""
    return _number(text, float, lambda a: 0 < a < math.inf, "a number above 0")


def not_negative(text):
    """Return a finite number of at least 0."""
    return _number(text, float, lambda a: 0 <= a < math.inf, "a number of at least 0")


def fraction(text):
    """Return a number of at least 0 and below 1."""
    return _number(text, float, lambda a: 0 <= a < 1, "at least 0 and below 1")


def shape(text):
    """Return a tuple of whole numbers of at least 1.

    Examples
    --------
    >>> shape("5,28,28")
    (5, 28, 28)
    """
    try:
        sizes = tuple(map(int, text.split(",")))
    except ValueError:
        sizes = (0,)
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError(
            f"is {text!r}, expected whole numbers of at least 1, such as 5,1,28,28"
        )
    return sizes


def _number(text, kind, fits, wanted):
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not fits(value):
        raise argparse.ArgumentTypeError(f"is {text!r}, expected {wanted}")
    return value
