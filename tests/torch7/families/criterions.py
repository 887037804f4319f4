"""Torch7's criterions: labels count from 0."""

import numpy as np

import nnmods as nn
from nnmods.core.tables import map_table

#: Torch7's default, and ours: no class, whatever the first one is called.
IGNORED = -100


def label(target):
    """Return a label, or an array of labels, counted from 0."""
    return np.where(np.equal(target, IGNORED), target, np.subtract(target, 1))


def _nll(weights=None, size_average=None, ignore_index=None):
    if ignore_index is not None and ignore_index != IGNORED:
        ignore_index -= 1
    return nn.ClassNLLCriterion(weights, size_average, ignore_index)


def _labels_within(target):
    """Count from 0 what is of integers: labels, also those in a table of targets."""
    return map_table(
        lambda t: label(t) if np.asarray(t).dtype.kind == "i" else t, target
    )


CONSTRUCTORS = {"ClassNLLCriterion": _nll}
TARGETS = {
    name: label
    for name in (
        "ClassNLLCriterion",
        "ClassSimplexCriterion",
        "CrossEntropyCriterion",
        "MultiLabelMarginCriterion",
        "MultiMarginCriterion",
        "SpatialClassNLLCriterion",
    )
}
TARGETS |= {
    name: _labels_within
    for name in (
        "MaskZeroCriterion",
        "ModuleCriterion",
        "MultiCriterion",
        "ParallelCriterion",
        "RepeaterCriterion",
        "SequencerCriterion",
    )
}
