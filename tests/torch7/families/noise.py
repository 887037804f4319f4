"""Torch7's noise."""

CONSTRUCTORS = {}
