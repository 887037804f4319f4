"""Checks: that a network and a criterion are such."""

from nnmods.core import Criterion, Module


def check_module(owner, module, argument="net"):
    """Raise a TypeError unless it is a Module."""
    if not isinstance(module, Module):
        raise TypeError(
            f"{owner}: {argument} has type {type(module).__name__}, expected a Module"
        )


def check_criterion(owner, criterion):
    """Raise a TypeError unless it is a Criterion."""
    if not isinstance(criterion, Criterion):
        raise TypeError(
            f"{owner}: criterion has type {type(criterion).__name__}, "
            "expected a Criterion"
        )
