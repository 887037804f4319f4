"""One or more cases of every exported module and criterion, for test_contract.py."""

from typing import NamedTuple

import numpy as np

import nnmods as nn


class Case(NamedTuple):
    """How to build a module, and what to feed it.

    ``x`` is a shape, a list of cases' shapes for a table, or a function of a generator.
    """

    make: object
    x: object
    single: bool = True
    independent: bool = True
    batch: bool = True

    def inputs(self, rng):
        """Return an input, at a distance from the kinks at 0 and from ties."""
        return self.x(rng) if callable(self.x) else _random(self.x, rng)


def _random(shape, rng, shift=0.25):
    if isinstance(shape, list):
        return [_random(entry, rng, 0.1 + 0.2 * i) for i, entry in enumerate(shape)]
    size = int(np.prod(shape))
    apart = (rng.permutation(size) - (size - 1) / 2 + shift) * (3 / max(size, 1))
    return apart.reshape(shape)  # distinct, spread over +-1.5, none at 0


def mlp():
    return nn.Sequential(nn.Linear(4, 6, rng=0), nn.Tanh(), nn.Linear(6, 3, rng=1))


def evaluated(module):
    """Return a normalisation in evaluation mode, with statistics that matter."""
    rng = np.random.default_rng(3)
    module.running_mean[...] = rng.standard_normal(module.running_mean.shape)
    module.running_var[...] = rng.uniform(0.5, 2, module.running_var.shape)
    return module.evaluate()


def tied():
    first = nn.Linear(4, 4, rng=0)
    return nn.Sequential(first, nn.Tanh(), first.clone(share=True))


#: Of each class its cases; the key is the exported name.
MODULES = {
    "Linear": [
        Case(lambda: nn.Linear(4, 3, rng=0), (5, 4)),
        Case(lambda: nn.Linear(4, 3, bias=False, rng=0), (5, 2, 4)),
        Case(lambda: nn.Linear(1, 1, rng=0), (2, 1)),
    ],
    "ReLU": [
        Case(nn.ReLU, (5, 4)),
        Case(lambda: nn.ReLU(grad_at_zero=0), (3, 2, 4, 5)),
    ],
    "Tanh": [Case(nn.Tanh, (5, 4)), Case(nn.Tanh, (3, 2, 4, 5))],
    "ScaledTanh": [
        Case(nn.ScaledTanh, (5, 4)),
        Case(lambda: nn.ScaledTanh(twist=0.1), (5, 4)),
    ],
    "Sigmoid": [Case(nn.Sigmoid, (5, 4))],
    "SoftPlus": [Case(nn.SoftPlus, (5, 4)), Case(lambda: nn.SoftPlus(2.0), (5, 4))],
    "LogSigmoid": [Case(nn.LogSigmoid, (5, 4))],
    "SoftMax": [
        Case(nn.SoftMax, (5, 4)),
        Case(nn.SoftMax, (3, 2, 4, 5)),
        Case(lambda: nn.SoftMax(axis=-1), (5, 2, 3)),
    ],
    "LogSoftMax": [
        Case(nn.LogSoftMax, (5, 4)),
        Case(nn.LogSoftMax, (3, 2, 4, 5)),
        Case(lambda: nn.LogSoftMax(axis=-1), (5, 2, 3)),
    ],
    "Dropout": [
        Case(lambda: nn.Dropout(0.4, rng=0), (5, 4)),
        Case(lambda: nn.Dropout(0.4, inverted=False, rng=0), (3, 2, 4, 5)),
        Case(lambda: nn.Dropout(exact=True, rng=0), (5, 6)),
        Case(lambda: nn.Dropout(0.3, exact=True), (3, 2, 4, 5), single=False),
        Case(lambda: nn.Dropout(0.4, inverted=False).evaluate(), (5, 4)),
    ],
    "Identity": [Case(nn.Identity, (5, 4)), Case(nn.Identity, [(5, 4), [(5, 2)]])],
    "Flatten": [Case(nn.Flatten, (5, 2, 3, 4), single=False)],
    "View": [
        Case(lambda: nn.View(12), (5, 4, 3), single=False, batch=False),
        Case(lambda: nn.View(6, -1, num_input_dims=2), (5, 4, 3), single=False),
    ],
    "Reshape": [Case(lambda: nn.Reshape(3, 4), (5, 12), single=False)],
    "Duplicate": [Case(nn.Duplicate, (5, 4)), Case(lambda: nn.Duplicate(3), (5, 4))],
    "Add": [Case(nn.Add, [(5, 4), (5, 4)]), Case(nn.Add, [(5, 4)] * 3)],
    "Max": [
        Case(nn.Max, [(5, 4), (5, 4)]),
        Case(lambda: nn.Max(1), (5, 4, 3), single=False),
        Case(lambda: nn.Max(-1), (5, 4, 3)),
    ],
    "JoinTable": [
        Case(lambda: nn.JoinTable(1), [(5, 4), (5, 3)], single=False),
        Case(lambda: nn.JoinTable(-1), [(5, 2, 4), (5, 2, 3)]),
    ],
    "SelectTable": [
        Case(lambda: nn.SelectTable(1), [(5, 4), (5, 3), (5, 2)]),
        Case(lambda: nn.SelectTable(-1), [(5, 4), [(5, 3), (5, 2)]]),
    ],
    "SpatialConvolution": [
        Case(lambda: nn.SpatialConvolution(2, 3, 3, 3, rng=0), (3, 2, 6, 5)),
        Case(
            lambda: nn.SpatialConvolution(
                2, 4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), rng=0
            ),
            (3, 2, 7, 5),
        ),
        Case(
            lambda: nn.SpatialConvolution(2, 3, kernel_size=1, bias=False, rng=0),
            (3, 2, 4, 5),
        ),
    ],
    "SpatialMaxPooling": [
        Case(lambda: nn.SpatialMaxPooling(2, 2, 2, 2), (3, 2, 6, 4)),
        Case(
            lambda: nn.SpatialMaxPooling(kernel_size=3, stride=2, padding=1),
            (3, 2, 7, 6),
        ),
    ],
    "SpatialAveragePooling": [
        Case(lambda: nn.SpatialAveragePooling(2, 2, 2, 2), (3, 2, 6, 4)),
        Case(
            lambda: nn.SpatialAveragePooling(kernel_size=3, stride=2, padding=1),
            (3, 2, 7, 6),
        ),
    ],
    "BatchNormalization": [
        Case(
            lambda: nn.BatchNormalization(4, rng=0),
            (5, 4),
            single=False,
            independent=False,
        ),
        Case(
            lambda: nn.BatchNormalization(4, affine=False),
            (5, 4),
            single=False,
            independent=False,
        ),
        Case(lambda: evaluated(nn.BatchNormalization(4, rng=0)), (5, 4), single=False),
    ],
    "SpatialBatchNormalization": [
        Case(
            lambda: nn.SpatialBatchNormalization(2, rng=0),
            (3, 2, 4, 5),
            single=False,
            independent=False,
        ),
        Case(
            lambda: evaluated(nn.SpatialBatchNormalization(2, rng=0)),
            (3, 2, 4, 5),
            single=False,
        ),
    ],
    "Sequential": [
        Case(mlp, (5, 4)),
        Case(nn.Sequential, (5, 4)),
        Case(tied, (5, 4)),
        Case(
            lambda: nn.Sequential(
                nn.SpatialConvolution(1, 2, 3, 3, rng=0),
                nn.Tanh(),
                nn.SpatialMaxPooling(2, 2),
                nn.Flatten(),
                nn.Linear(8, 3, rng=1),
                nn.LogSoftMax(),
            ),
            (3, 1, 6, 6),
            single=False,
        ),
    ],
    "Concat": [
        Case(lambda: nn.Concat(1, nn.Linear(4, 2), mlp()), (5, 4), single=False),
        Case(lambda: nn.Concat(-1, nn.Linear(4, 2), nn.Tanh()), (5, 3, 4)),
    ],
    "Parallel": [
        Case(lambda: nn.Parallel(1, 1, nn.Linear(4, 2), mlp()), (5, 2, 4), single=False)
    ],
    "ConcatTable": [Case(lambda: nn.ConcatTable(nn.Linear(4, 2), mlp()), (5, 4))],
    "ParallelTable": [
        Case(lambda: nn.ParallelTable(nn.Linear(3, 2), mlp()), [(5, 3), (5, 4)])
    ],
    "MapTable": [Case(lambda: nn.MapTable(mlp()), [(5, 4), (2, 4), (5, 4)])],
}


class CriterionCase(NamedTuple):
    """How to build a criterion, and a function of a generator giving y and target."""

    make: object
    arguments: object


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
