"""Checkers for our modules and our users' modules."""

from nnmods.testing.check import check_module
from nnmods.testing.compare import ContractError
from nnmods.testing.jacobian import (
    exact_jacobian,
    io_error,
    jacobian_error,
    numeric_jacobian,
    update_error,
)

__all__ = [
    "ContractError",
    "check_module",
    "exact_jacobian",
    "io_error",
    "jacobian_error",
    "numeric_jacobian",
    "update_error",
]
