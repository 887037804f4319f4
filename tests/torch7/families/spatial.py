"""Torch7's spatial."""

CONSTRUCTORS = {}
