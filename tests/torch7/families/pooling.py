"""Torch7's pooling: the arguments are the same."""

CONSTRUCTORS = {}
