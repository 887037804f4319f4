"""Criterions of Torch7."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.buffers import pair, tensor, with_buffers
from nnmods.interop.t7.classes.composite_criterions import COMPOSITES
from nnmods.interop.t7.classes.criterion_fields import (
    AVERAGE,
    DTYPE,
    IGNORED,
    MAY_AVERAGE,
    NO_LABEL,
    WEIGHTS,
    margin,
)
from nnmods.interop.t7.spec import Field, Spec


def _two_numbers(module):
    """Return the gradients of two inputs of one number."""
    return [np.zeros(1, module.dtype) for _ in range(2)]


def _criterion(*entries, store=None, **options):
    return Spec(*entries, DTYPE, store=store, **options)


_COUNTED = with_buffers(
    output_tensor=lambda module: np.zeros(1, module.dtype),
    total_weight_tensor=lambda module: np.ones(1, module.dtype),
    target=lambda module: np.zeros(1, np.int64),
)


def _spatial_nll_fields(module, out):
    if module.ignore_index != NO_LABEL:
        raise ValueError(
            f"{module!r}: ignore_index is {module.ignore_index}, expected "
            f"{NO_LABEL}, as Torch7 has none here"
        )
    _COUNTED(module, out)


def _simplex_fields(module, out):
    n = module.n_classes
    out |= {"nClasses": n, "_target": np.zeros(n, module.dtype)}


def _sigmoid(module):
    return nn.Sigmoid().astype(module.dtype)


CLASSES = {
    "MSECriterion": _criterion(AVERAGE),
    "AbsCriterion": _criterion(AVERAGE),
    "SmoothL1Criterion": _criterion(AVERAGE),
    "SpatialAutoCropMSECriterion": _criterion(AVERAGE),
    "WeightedMSECriterion": _criterion(Field("weight", "weight", kinds.array), AVERAGE),
    "L1Cost": _criterion(),
    "BCECriterion": _criterion(WEIGHTS, AVERAGE),
    "DistKLDivCriterion": _criterion(AVERAGE),
    "DistanceRatioCriterion": _criterion(AVERAGE),
    "ClassNLLCriterion": _criterion(WEIGHTS, AVERAGE, IGNORED, store=_COUNTED),
    "SpatialClassNLLCriterion": _criterion(WEIGHTS, AVERAGE, store=_spatial_nll_fields),
    # The length of the simplex, which lies in the file, is the number of classes.
    "ClassSimplexCriterion": _criterion(
        Field("n_classes", "simplex", kinds.length(0)),
        AVERAGE,
        arrays={"simplex": lambda given: (given["n_classes"],) * 2},
        store=_simplex_fields,
    ),
    "MarginCriterion": _criterion(margin(1), AVERAGE),
    "SoftMarginCriterion": _criterion(AVERAGE),
    "HingeEmbeddingCriterion": _criterion(margin(1), AVERAGE),
    "L1HingeEmbeddingCriterion": _criterion(
        margin(1), store=with_buffers(gradInput=pair)
    ),
    "CosineEmbeddingCriterion": _criterion(
        margin(0), MAY_AVERAGE, store=with_buffers(gradInput=pair)
    ),
    # For one pair, Torch7 writes to the first number of each gradient.
    "MarginRankingCriterion": _criterion(
        margin(1), MAY_AVERAGE, store=with_buffers(gradInput=_two_numbers)
    ),
    "MultiMarginCriterion": _criterion(
        Field("p", "p", kinds.number, 1), WEIGHTS, margin(1.0), AVERAGE
    ),
    "MultiLabelMarginCriterion": _criterion(
        AVERAGE, store=with_buffers(isTarget=tensor)
    ),
    "MultiLabelSoftMarginCriterion": _criterion(
        WEIGHTS, AVERAGE, store=with_buffers(sigmoid=_sigmoid)
    ),
    "BinaryLogisticRegression": _criterion(AVERAGE),
    "SpatialBinaryLogisticRegression": _criterion(AVERAGE),
}
CLASSES |= COMPOSITES
ALIASES = {"cudnn.SpatialCrossEntropyCriterion": "SpatialCrossEntropyCriterion"}
