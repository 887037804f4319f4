"""Torch7's shape."""

CONSTRUCTORS = {}
