"""Torch7's normalization: the arguments are the same."""

CONSTRUCTORS = {}
