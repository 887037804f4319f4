"""Criterions of the package rnn: of sequences, and of samples among zeros."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.classes.buffers import table, with_buffers
from nnmods.interop.t7.classes.criterion_fields import MAY_AVERAGE
from nnmods.interop.t7.spec import Field, Spec


def _never(average):
    if average:
        raise ValueError(
            "RepeaterCriterion: size_average is True, expected False, as Torch7's "
            "sums; a MultiCriterion around it gives it a weight"
        )
    return kinds.NOTHING


_CRITERION = Field("criterion", "criterion", kinds.part)
#: What Torch7's makes for each step, and fills; it has no type of its own.
_STEPS = with_buffers(clones=table, gradInput=table)
#: What Torch7's keeps from `updateOutput`.
_MASKED = ("zeroMask", "input", "target")

RECURRENT_CRITERIONS = {
    "SequencerCriterion": Spec(
        _CRITERION, MAY_AVERAGE, store=_STEPS, reads=("clones",)
    ),
    "RepeaterCriterion": Spec(
        _CRITERION,
        Field(
            "size_average",
            "sizeAverage",
            kinds.Kind(kinds.boolean.read, _never),
            False,
        ),
        store=_STEPS,
        reads=("clones",),
    ),
    "MaskZeroCriterion": Spec(
        _CRITERION, Field("n_input_dim", "nInputDim", kinds.integer), reads=_MASKED
    ),
}
