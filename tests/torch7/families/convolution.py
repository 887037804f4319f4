"""Torch7's convolution."""

CONSTRUCTORS = {}
