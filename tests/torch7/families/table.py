"""Torch7's table."""

CONSTRUCTORS = {}
