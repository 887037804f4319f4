"""Criterions of Torch7 that are made of others, or of modules."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.buffers import table, with_buffers
from nnmods.interop.t7.classes.criterion_fields import AVERAGE, DTYPE
from nnmods.interop.t7.classes.recurrent_criterions import RECURRENT_CRITERIONS
from nnmods.interop.t7.raw import Storage
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.values import TorchStorage


def _cross_entropy(fields, given):
    """Return a CrossEntropyCriterion; its settings are those of a ClassNLLCriterion.

    The average of its own goes before that one's once somebody has changed it.
    """
    nll = given["nll"]
    average = fields.boolean("sizeAverage", None)
    if average is None or average == fields.boolean("oldSizeAverage", None):
        average = nll.size_average
    return nn.CrossEntropyCriterion(
        nll.weights, average, nll.ignore_index, dtype=nll.dtype
    )


def _nll_of(module):
    if module.label_smoothing:
        raise ValueError(
            f"{module!r}: label_smoothing is {module.label_smoothing}, expected 0, as "
            "Torch7 has none"
        )
    return nn.ClassNLLCriterion(
        module.weights, module.size_average, module.ignore_index, dtype=module.dtype
    )


def _cross_entropy_fields(module, out):
    out["lsm"] = nn.LogSoftMax().astype(module.dtype)
    out["sizeAverage"] = out["oldSizeAverage"] = module.size_average


def _spatial_cross_entropy(fields, given):
    """Return the log-softmax and the likelihood that cudnn has in one criterion."""
    nll = given["nll"]
    cost = nn.SpatialClassNLLCriterion(
        nll.weights, given["size_average"], dtype=nll.dtype
    )
    return nn.ModuleCriterion(cost, nn.SpatialLogSoftMax())


def _sum_of(name):
    """Return what makes a sum of criterions, each of which has a weight."""

    def make(fields, given):
        criterions, weights = given.pop("criterions"), given.pop("weights")
        if len(criterions) != len(weights):
            fields.fail(f"weights has {len(weights)} entries", f"{len(criterions)}")
        made = getattr(nn, name)(**given)
        for criterion, weight in zip(criterions, weights, strict=True):
            made.add(criterion, weight)
        return made

    return make


def _numbers(fields, name, default):
    """Return numbers: a storage of doubles, or a table."""
    value = fields.named.get(name)
    return value.array.tolist() if type(value) is Storage else fields.numbers(name)


def _to_storage(weights):
    return np.array(weights, np.float64).view(TorchStorage)


_CRITERIONS = Field("criterions", "criterions", kinds.parts)


COMPOSITES = {
    "CrossEntropyCriterion": Spec(
        Field("nll", "nll", kinds.part, attribute=_nll_of),
        make=_cross_entropy,
        store=_cross_entropy_fields,
    ),
    "MultiCriterion": Spec(
        _CRITERIONS,
        DTYPE,
        Field("weights", "weights", kinds.Kind(_numbers, _to_storage)),
        make=_sum_of("MultiCriterion"),
    ),
    "ParallelCriterion": Spec(
        _CRITERIONS,
        DTYPE,
        Field("weights", "weights", kinds.Kind(_numbers, list)),
        Field("repeat_target", "repeatTarget", kinds.boolean, False),
        make=_sum_of("ParallelCriterion"),
        store=with_buffers(gradInput=table),
    ),
    "ModuleCriterion": Spec(
        Field("criterion", "criterion", kinds.part),
        Field("input_module", "inputModule", kinds.part, None),
        Field("target_module", "targetModule", kinds.part, None),
        Field("cast_target", "castTarget", kinds.boolean, False),
    ),
    "SpatialCrossEntropyCriterion": Spec(
        Field("nll", "nll", kinds.part),
        AVERAGE,
        ours="ModuleCriterion",
        make=_spatial_cross_entropy,
    ),
}
COMPOSITES |= RECURRENT_CRITERIONS
