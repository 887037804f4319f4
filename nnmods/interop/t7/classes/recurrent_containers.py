"""Recurrent and Recursor of the package rnn: steps made of any modules."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.inner_nets import Inner
from nnmods.interop.t7.classes.recurrent_parts import AMONG_CLONES, recurrent_fields
from nnmods.interop.t7.spec import Field, Spec


def _merge(fields, name, default):
    """Return the module of a field, None for the sum of a table, which is ours."""
    merge = kinds.part.read(fields, name, default)
    return None if type(merge) is nn.CAddTable else merge


def _place(i):
    """Return what finds a part of a Recurrent, None if it has none there."""
    return lambda module: module.modules[i] if i < len(module.modules) else None


def _recurrent_fields(module, out):
    """Add the nets of the first step and of all others, which share modules."""
    inner = Inner(module)
    start, first, feedback, transfer, *_ = module.modules
    merge = out.get("mergeModule")
    if merge is None:
        merge = inner("CAddTable")
    net = inner.sequential(inner.each(first, feedback), merge, transfer)
    out |= recurrent_fields(net, 99999)
    out |= {
        "mergeModule": merge,
        "modules": [start, first, feedback, transfer, merge],
        "initialModule": inner.sequential(
            first.clone(share=True), start, transfer.clone(share=True)
        ),
        "sharedClones": {2: net},
    }


def _recursor_fields(module, out):
    out["module"] = module.modules[0]
    out |= recurrent_fields(module.modules[0], 9999999)


RECURRENTS = {
    "Recurrent": Spec(
        Field("start", "startModule", kinds.part, attribute=_place(0)),
        Field("input", "inputModule", kinds.part, attribute=_place(1)),
        Field("feedback", "feedbackModule", kinds.part, attribute=_place(2)),
        Field("transfer", "transferModule", kinds.part, attribute=_place(3)),
        Field(
            "merge",
            "mergeModule",
            kinds.Kind(_merge, holds_modules=True),
            None,
            attribute=_place(4),
        ),
        also=AMONG_CLONES,
        store=_recurrent_fields,
    ),
    # A maskZero() of it changes the recurrentModule only.
    "Recursor": Spec(
        Field("module", "recurrentModule", kinds.part, attribute=_place(0)),
        also=AMONG_CLONES,
        store=_recursor_fields,
    ),
}
