"""Torch7's parameter."""

CONSTRUCTORS = {}
