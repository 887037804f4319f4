"""Torch7's noise, and tools."""

CONSTRUCTORS = {}
