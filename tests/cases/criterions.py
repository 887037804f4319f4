"""Cases of criterions."""

import numpy as np

import nnmods as nn
from cases.case import CriterionCase


def _scores(rng):
    return rng.standard_normal((5, 3)), rng.integers(0, 3, 5)


def _log_probabilities(rng):
    y, target = _scores(rng)
    return y - np.log(np.exp(y).sum(axis=1, keepdims=True)), target


def _pair(rng):
    return rng.standard_normal((2, 5, 3))


def _probabilities(rng):
    return rng.uniform(0.1, 0.9, (5, 3)), rng.integers(0, 2, (5, 3)).astype(float)


_WEIGHTS = np.array([0.5, 2.0, 1.0])

#: Of each criterion its cases; the key is the exported name.
CRITERIONS = {
    "MSECriterion": [
        CriterionCase(nn.MSECriterion, _pair),
        CriterionCase(lambda: nn.MSECriterion(size_average=False), _pair),
    ],
    "AbsCriterion": [
        CriterionCase(nn.AbsCriterion, _pair),
        CriterionCase(lambda: nn.AbsCriterion(size_average=False), _pair),
    ],
    "BCECriterion": [
        CriterionCase(nn.BCECriterion, _probabilities),
        CriterionCase(lambda: nn.BCECriterion(_WEIGHTS), _probabilities),
        CriterionCase(lambda: nn.BCECriterion(size_average=False), _probabilities),
    ],
    "ClassNLLCriterion": [
        CriterionCase(nn.ClassNLLCriterion, _log_probabilities),
        CriterionCase(lambda: nn.ClassNLLCriterion(_WEIGHTS), _log_probabilities),
        CriterionCase(
            lambda: nn.ClassNLLCriterion(size_average=False), _log_probabilities
        ),
    ],
    "CrossEntropyCriterion": [
        CriterionCase(nn.CrossEntropyCriterion, _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(_WEIGHTS), _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(size_average=False), _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(ignore_index=1), _scores),
    ],
}
