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


def _scores_and_one_label(rng):
    return rng.standard_normal(4), 2


def _scores_and_lists(rng):
    lists = [[2, 0, -1, 1], [-1, 0, 1, 2], [3, 2, 1, 0], [1, 1, -1, -1]]
    return rng.standard_normal((4, 4)), np.array(lists)


def _pixels(rng):
    return rng.standard_normal((2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))


def _larger_target(rng):
    return rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((2, 3, 5, 8))


def _signs(*shape):
    """Return scores, and targets 1 and -1."""

    def arguments(rng):
        return rng.standard_normal(shape), rng.choice([-1.0, 1.0], shape)

    return arguments


def _distances(rng):
    return rng.uniform(0.1, 1.5, (5, 3)), rng.choice([-1.0, 1.0], (5, 3))


def _no_target(rng):
    return rng.standard_normal((5, 3)), None


def _two(rng, *shape):
    return list(rng.standard_normal((2, *shape)))


def _ranked(rng):
    return _two(rng, 5, 3), rng.choice([-1.0, 1.0], (5, 3))


def _vectors(rng):
    return _two(rng, 5, 3), np.array([1.0, -1.0, -1.0, 1.0, -1.0])


def _parts(rng):
    (y, target), (scores, labels) = _pair(rng), _log_probabilities(rng)
    return [y, scores, _two(rng, 5)], [target, labels, np.ones(5)]


def _one_target(rng):
    y, target = _pair(rng)
    return [y, 2 * y], target


def _scores_and_probabilities(rng):
    return rng.standard_normal((5, 3)), rng.uniform(0, 1, (5, 3))


def _triplet(rng):
    return list(rng.standard_normal((3, 5, 4))), None


def _steps(rng):
    return rng.standard_normal((2, 4, 5, 3))


def _scores_of_steps(rng):
    return rng.standard_normal((4, 5, 3)), rng.integers(0, 3, (4, 5))


def _table_of_steps(rng):
    """Return pairs of vectors, and a target each, for three steps."""
    steps = [_ranked(rng) for _ in range(3)]
    return [y for y, _ in steps], [target for _, target in steps]


def _sequences(rng):
    y = rng.standard_normal((7, 3, 4)) - 1.5
    labels = np.array([[1, 1, 3], [2, 3, -1], [-1, -1, -1]])
    return y, [labels, np.array([7, 5, 4]), np.array([3, 2, 0])]


def _one_sequence(rng):
    return rng.standard_normal((6, 4)) - 1.5, [np.array([1, 0, 0]), 6, 3]


def _means_and_variances(*shape):
    """Return means, a variance for each vector, and a target."""

    def arguments(rng):
        y = [rng.standard_normal(shape), rng.uniform(0.2, 2, shape[:1])]
        return y, rng.standard_normal(shape)

    return arguments


def _counts(rng):
    return rng.uniform(0.1, 2, (5, 3)), rng.poisson(2.0, (5, 3)).astype(float)


def _squares_and_distances():
    return nn.MultiCriterion().add(nn.MSECriterion(), 0.5).add(nn.AbsCriterion(), 2)


def _one_for_each_part():
    cost = nn.ParallelCriterion().add(nn.MSECriterion(), 0.5)
    return cost.add(nn.ClassNLLCriterion()).add(nn.MarginRankingCriterion(), 2)


def _one_target_for_both():
    cost = nn.ParallelCriterion(repeat_target=True)
    return cost.add(nn.MSECriterion()).add(nn.SmoothL1Criterion(), 3)


_WEIGHTS = np.array([0.5, 2.0, 1.0])
_NET = nn.Sequential(nn.Tanh(), nn.ReLU())

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
    "SmoothL1Criterion": [
        CriterionCase(nn.SmoothL1Criterion, _pair),
        CriterionCase(lambda: nn.SmoothL1Criterion(size_average=False), _pair),
    ],
    "WeightedMSECriterion": [
        CriterionCase(lambda: nn.WeightedMSECriterion(_WEIGHTS), _pair),
        CriterionCase(
            lambda: nn.WeightedMSECriterion(np.arange(15).reshape(5, 3)),
            _pair,
            batch=False,  # the weight is of five samples
        ),
    ],
    "SpatialAutoCropMSECriterion": [
        CriterionCase(nn.SpatialAutoCropMSECriterion, _larger_target)
    ],
    "L1Cost": [CriterionCase(nn.L1Cost, _no_target)],
    "BCECriterion": [
        CriterionCase(nn.BCECriterion, _probabilities),
        CriterionCase(lambda: nn.BCECriterion(_WEIGHTS), _probabilities),
        CriterionCase(lambda: nn.BCECriterion(size_average=False), _probabilities),
    ],
    "DistKLDivCriterion": [CriterionCase(nn.DistKLDivCriterion, _probabilities)],
    "MultiLabelSoftMarginCriterion": [
        CriterionCase(nn.MultiLabelSoftMarginCriterion, _probabilities),
        CriterionCase(
            lambda: nn.MultiLabelSoftMarginCriterion(_WEIGHTS, False), _probabilities
        ),
    ],
    "MarginCriterion": [
        CriterionCase(nn.MarginCriterion, _signs(5, 3)),
        CriterionCase(lambda: nn.MarginCriterion(0.3), _signs(7)),
    ],
    "SoftMarginCriterion": [CriterionCase(nn.SoftMarginCriterion, _signs(5, 3))],
    "HingeEmbeddingCriterion": [
        CriterionCase(nn.HingeEmbeddingCriterion, _distances),
        CriterionCase(lambda: nn.HingeEmbeddingCriterion(0.5), _distances),
    ],
    "BinaryLogisticRegression": [
        CriterionCase(nn.BinaryLogisticRegression, _signs(5, 1)),
        CriterionCase(lambda: nn.BinaryLogisticRegression(False), _signs(5)),
    ],
    "SpatialBinaryLogisticRegression": [
        CriterionCase(nn.SpatialBinaryLogisticRegression, _signs(4, 1, 2, 3))
    ],
    "ClassNLLCriterion": [
        CriterionCase(nn.ClassNLLCriterion, _log_probabilities),
        CriterionCase(lambda: nn.ClassNLLCriterion(_WEIGHTS), _log_probabilities),
        CriterionCase(
            lambda: nn.ClassNLLCriterion(size_average=False), _log_probabilities
        ),
    ],
    "SpatialClassNLLCriterion": [
        CriterionCase(nn.SpatialClassNLLCriterion, _pixels),
        CriterionCase(lambda: nn.SpatialClassNLLCriterion(_WEIGHTS, False), _pixels),
    ],
    "CrossEntropyCriterion": [
        CriterionCase(nn.CrossEntropyCriterion, _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(_WEIGHTS), _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(size_average=False), _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(ignore_index=1), _scores),
        CriterionCase(lambda: nn.CrossEntropyCriterion(label_smoothing=0.2), _scores),
        CriterionCase(
            lambda: nn.CrossEntropyCriterion(
                _WEIGHTS, ignore_index=1, label_smoothing=0.2
            ),
            _scores,
        ),
    ],
    "ClassSimplexCriterion": [
        CriterionCase(lambda: nn.ClassSimplexCriterion(3), _scores),
        CriterionCase(
            lambda: nn.ClassSimplexCriterion(4), _scores_and_one_label, batch=False
        ),
    ],
    "MultiMarginCriterion": [
        CriterionCase(nn.MultiMarginCriterion, _scores),
        CriterionCase(lambda: nn.MultiMarginCriterion(2, _WEIGHTS, 0.4), _scores),
        CriterionCase(nn.MultiMarginCriterion, _scores_and_one_label, batch=False),
    ],
    "MultiLabelMarginCriterion": [
        CriterionCase(nn.MultiLabelMarginCriterion, _scores_and_lists)
    ],
    "MarginRankingCriterion": [
        CriterionCase(nn.MarginRankingCriterion, _ranked),
        CriterionCase(
            lambda: nn.MarginRankingCriterion(0.2),
            lambda rng: (_two(rng, 1), -1),
            batch=False,
        ),
    ],
    "CosineEmbeddingCriterion": [
        CriterionCase(nn.CosineEmbeddingCriterion, _vectors),
        CriterionCase(lambda: nn.CosineEmbeddingCriterion(-0.3), _vectors),
        CriterionCase(
            nn.CosineEmbeddingCriterion, lambda rng: (_two(rng, 4), 1), batch=False
        ),
    ],
    "L1HingeEmbeddingCriterion": [
        CriterionCase(nn.L1HingeEmbeddingCriterion, lambda rng: (_two(rng, 4), 1)),
        CriterionCase(
            lambda: nn.L1HingeEmbeddingCriterion(50),
            lambda rng: (_two(rng, 4), -1),
            batch=False,  # two empty arrays are alike, at a cost of the whole margin
        ),
    ],
    "DistanceRatioCriterion": [
        CriterionCase(nn.DistanceRatioCriterion, lambda rng: (_two(rng, 5, 2), None)),
        CriterionCase(
            lambda: nn.DistanceRatioCriterion(False), lambda rng: (_two(rng, 5), None)
        ),
    ],
    "MultiCriterion": [
        CriterionCase(_squares_and_distances, _pair),
        CriterionCase(
            lambda: nn.MultiCriterion().add(nn.CosineEmbeddingCriterion(), 3), _vectors
        ),
    ],
    "ParallelCriterion": [
        CriterionCase(_one_for_each_part, _parts),
        CriterionCase(_one_target_for_both, _one_target),
    ],
    "ModuleCriterion": [
        CriterionCase(lambda: nn.ModuleCriterion(nn.MSECriterion()), _pair),
        CriterionCase(
            lambda: nn.ModuleCriterion(nn.MSECriterion(), _NET.clone(), nn.Sigmoid()),
            _pair,
        ),
    ],
    "HuberCriterion": [
        CriterionCase(nn.HuberCriterion, _pair),
        CriterionCase(lambda: nn.HuberCriterion(0.3, False), _pair),
    ],
    "BCEWithLogitsCriterion": [
        CriterionCase(nn.BCEWithLogitsCriterion, _scores_and_probabilities),
        CriterionCase(
            lambda: nn.BCEWithLogitsCriterion(_WEIGHTS, False, 2 * _WEIGHTS),
            _scores_and_probabilities,
        ),
    ],
    "KLDivCriterion": [
        CriterionCase(nn.KLDivCriterion, _probabilities),
        CriterionCase(lambda: nn.KLDivCriterion(False), _probabilities),
        CriterionCase(
            lambda: nn.KLDivCriterion(batch_average=True, log_target=True), _pair
        ),
    ],
    "TripletMarginCriterion": [
        CriterionCase(nn.TripletMarginCriterion, _triplet),
        CriterionCase(
            lambda: nn.TripletMarginCriterion(0.5, 3, 0.1, True, False), _triplet
        ),
        CriterionCase(
            lambda: nn.TripletMarginCriterion(2, p=1),
            lambda rng: (list(rng.standard_normal((3, 4))), None),
            batch=False,  # of one triplet of vectors without entries: the margin
        ),
        CriterionCase(
            lambda: nn.TripletMarginCriterion(2, p=np.inf, swap=True), _triplet
        ),
    ],
    "CTCCriterion": [
        CriterionCase(nn.CTCCriterion, _sequences, batch=False),  # the first axis: time
        CriterionCase(lambda: nn.CTCCriterion(2, False), _one_sequence, batch=False),
    ],
    "FocalCriterion": [
        CriterionCase(nn.FocalCriterion, _scores),
        CriterionCase(lambda: nn.FocalCriterion(0.5, _WEIGHTS, False), _scores),
        CriterionCase(lambda: nn.FocalCriterion(1, ignore_index=1), _pixels),
    ],
    "GaussianNLLCriterion": [
        CriterionCase(nn.GaussianNLLCriterion, _means_and_variances(5, 3)),
        CriterionCase(
            lambda: nn.GaussianNLLCriterion(True, 0.1, False), _means_and_variances(5)
        ),
    ],
    "PoissonNLLCriterion": [
        CriterionCase(nn.PoissonNLLCriterion, _counts),
        CriterionCase(lambda: nn.PoissonNLLCriterion(True, True), _counts),
        CriterionCase(lambda: nn.PoissonNLLCriterion(False, eps=0.1), _counts),
    ],
    "SequencerCriterion": [
        CriterionCase(lambda: nn.SequencerCriterion(nn.MSECriterion()), _steps),
        CriterionCase(
            lambda: nn.SequencerCriterion(nn.CrossEntropyCriterion(_WEIGHTS), True),
            _scores_of_steps,
        ),
        CriterionCase(
            lambda: nn.SequencerCriterion(nn.MarginRankingCriterion(0.2), True),
            _table_of_steps,
        ),
        CriterionCase(
            lambda: nn.SequencerCriterion(
                nn.MaskZeroCriterion(nn.CrossEntropyCriterion(), 1)
            ),
            _scores_of_steps,
        ),
    ],
    "RepeaterCriterion": [
        CriterionCase(lambda: nn.RepeaterCriterion(nn.MSECriterion()), _one_target),
        CriterionCase(
            lambda: nn.RepeaterCriterion(nn.SmoothL1Criterion(), True), _one_target
        ),
    ],
    "MaskZeroCriterion": [
        CriterionCase(lambda: nn.MaskZeroCriterion(nn.MSECriterion(), 1), _pair),
        CriterionCase(lambda: nn.MaskZeroCriterion(nn.L1Cost(), 1), _no_target),
        CriterionCase(
            lambda: nn.MaskZeroCriterion(nn.CosineEmbeddingCriterion(), 1), _vectors
        ),
    ],
}
