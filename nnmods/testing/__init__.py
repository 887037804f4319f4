"""Checkers for our modules and our users' modules."""

from nnmods.testing.agreement import io_error, update_error
from nnmods.testing.check import check_module
from nnmods.testing.compare import ContractError
from nnmods.testing.diagnose import diagnose
from nnmods.testing.diagnosis import Diagnosis
from nnmods.testing.findings import Finding, Kink
from nnmods.testing.jacobian import (
    diag_hessian_error,
    exact_jacobian,
    jacobian_error,
    numeric_jacobian,
)

__all__ = [
    "ContractError",
    "Diagnosis",
    "Finding",
    "Kink",
    "check_module",
    "diag_hessian_error",
    "diagnose",
    "exact_jacobian",
    "io_error",
    "jacobian_error",
    "numeric_jacobian",
    "update_error",
]
