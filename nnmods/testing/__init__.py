"""Checkers for our modules and our users' modules."""

from nnmods.testing.check import check_module
from nnmods.testing.compare import ContractError

__all__ = ["ContractError", "check_module"]
