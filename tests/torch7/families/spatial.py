"""Torch7's upsampling and borders: the arguments are the same."""

CONSTRUCTORS = {}
