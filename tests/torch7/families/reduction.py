"""Torch7's reduction."""

CONSTRUCTORS = {}
