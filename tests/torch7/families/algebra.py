"""Torch7's algebra."""

CONSTRUCTORS = {}
