"""Torch7's criterions: labels count from 0."""

CONSTRUCTORS = {}
