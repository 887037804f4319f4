"""Torch7's pooling."""

CONSTRUCTORS = {}
