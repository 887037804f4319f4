"""Criterions: scalar costs of y and a target, and their gradients."""

from nnmods.criterions.absolute import AbsCriterion
from nnmods.criterions.bce import BCECriterion
from nnmods.criterions.class_nll import ClassNLLCriterion
from nnmods.criterions.cross_entropy import CrossEntropyCriterion
from nnmods.criterions.mse import MSECriterion

__all__ = [
    "AbsCriterion",
    "BCECriterion",
    "ClassNLLCriterion",
    "CrossEntropyCriterion",
    "MSECriterion",
]
