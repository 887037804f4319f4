"""Torch7's normalization."""

CONSTRUCTORS = {}
