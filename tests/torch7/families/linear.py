"""Torch7's linear."""

CONSTRUCTORS = {}
