"""Containers of the package rnn that present sequences to modules."""

from nnmods.core.recurrent_step import RecurrentStep
from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.bidirectional import (
    bidirectional,
    brnn_fields,
    language_model_fields,
)
from nnmods.interop.t7.classes.buffers import tensor, with_buffers
from nnmods.interop.t7.classes.inner_nets import Inner
from nnmods.interop.t7.spec import Field, Spec


def set_remembered(module, fields):
    """Set the mode in which a module goes on from its last call."""
    mode = fields.named.get("_remember")
    if type(mode) is bool:  # in 2015: in evaluation, or never
        mode = b"eval" if mode else b"neither"
        fields.named["_remember"] = mode
    module.remember(fields.string("_remember", "neither"))


def _without_recursor(fields, name, default):
    """Return the module of a field, out of the Recursor that Torch7 puts it in."""
    module = kinds.decorated.read(fields, name, default)
    return module.modules[0] if type(module) is nn.Recursor else module


def _in_recursor(module):
    """Return a list of the module to write: a step, or a Recursor that holds it."""
    if not module.modules:
        raise ValueError(f"{module!r} has no module, expected one")
    part = module.modules[0]
    if isinstance(part, (RecurrentStep, nn.Recursor)):
        return [part]
    return [Inner(module)("Recursor", part)]


def _sequencer_fields(module, out):
    out |= {
        "module": out["modules"][0],
        "output": [],
        "tableoutput": [],
        "tablegradInput": [],
        "_output": [],
        "_remember": module.remembered,
        # What need not be kept: the fields of every module, and one more.
        "dpnn_mediumEmpty": [
            "output",
            "gradInput",
            "momGradParams",
            "dpnn_input",
            "_output",
        ],
    }


def _steps_of_old(fields):
    """Read a Repeater of its first versions."""
    fields.named.setdefault("rho", fields.named.get("nStep"))


def _repeater_fields(module, out):
    if module.remembered != "neither":
        raise ValueError(
            f"Repeater: remember is {module.remembered!r}, expected 'neither', as "
            "Torch7's forgets at each call"
        )
    out |= {"module": out["modules"][0], "output": []}


#: The module that is presented with the steps.
_MODULE = Field(
    "module",
    "modules",
    kinds.Kind(_without_recursor, holds_modules=True),
    attribute=_in_recursor,
)

_MASK = (
    Field(
        "module", "modules", kinds.decorated, attribute=lambda module: module.modules[0]
    ),
    Field("n_input_dim", "nInputDim", kinds.integer),
)
SEQUENCERS = {
    "Sequencer": Spec(_MODULE, finish=set_remembered, store=_sequencer_fields),
    "Repeater": Spec(
        _MODULE,
        Field("n_steps", "rho", kinds.integer),
        upgrade=_steps_of_old,
        store=_repeater_fields,
        reads=("nStep",),
    ),
    "BiSequencer": bidirectional("BiSequencer", brnn_fields),
    "BiSequencerLM": bidirectional("BiSequencerLM", language_model_fields),
    "MaskZero": Spec(*_MASK),
    "TrimZero": Spec(*_MASK, store=with_buffers(temp=tensor, gradTemp=tensor)),
}
