"""BiSequencer and BiSequencerLM of the package rnn: nets of three Sequencers."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.inner_nets import Inner
from nnmods.interop.t7.spec import Field, Spec

_FIELDS = ("fwdSeq", "bwdSeq", "mergeSeq")
#: Their names in the first versions.
_OLD = ("forwardSequencer", "backwardSequencer", "mergeSequencer")


def _is_joining(merge):
    """Tell whether this joins rows along the last axis, as ours does by itself."""
    join = merge.modules[0]
    return type(join) is nn.JoinTable and (join.axis, join.num_input_dims) == (0, 1)


def _of_three(name):
    """Return what makes one out of its Sequencers, which are there already."""

    def make(fields, given):
        names = _OLD if given["fwdSeq"] is None else _FIELDS
        sequencers = [given[field] for field in names]
        for field, sequencer in zip(names, sequencers, strict=True):
            if type(sequencer) is not nn.Sequencer:
                got = type(sequencer).__name__
                fields.fail(f"{field} is of type {got}", "a Sequencer")
        if _is_joining(sequencers[2]):
            sequencers.pop()
        made = getattr(nn, name)(nn.Identity(), nn.Identity())
        made.modules = []
        return made.extend(*sequencers)

    return make


def _parts(module):
    """Return the fields of the modules, and what makes others."""
    inner = Inner(module)
    ahead, back, *merge = module.modules
    if not merge:
        merge = [inner("Sequencer", inner("JoinTable", 0, 1))]
    fields = {"forwardModule": ahead, "backwardModule": back, "mergeModule": merge[0]}
    fields = {name: sequencer.modules[0] for name, sequencer in fields.items()}
    fields |= zip(_FIELDS, (ahead, back, *merge), strict=True)
    backwards = inner.sequential(inner("ReverseTable"), back, inner("ReverseTable"))
    return fields, inner, backwards


def brnn_fields(module, out):
    """Add the fields of a BiSequencer."""
    fields, inner, backwards = _parts(module)
    net = inner.sequential(
        inner.both(fields["fwdSeq"], backwards), inner("ZipTable"), fields["mergeSeq"]
    )
    out |= fields | {"module": net, "modules": [net], "output": [], "gradInput": []}


def language_model_fields(module, out):
    """Add the fields of a BiSequencerLM."""
    fields, inner, backwards = _parts(module)
    merge = inner.sequential(inner("ZipTable"), fields["mergeSeq"])
    nets = {"_fwd": fields["fwdSeq"], "_bwd": backwards, "_merge": merge}
    out |= fields | nets
    out |= {"modules": list(nets.values()), "output": [], "gradInput": []}


def _nothing(module):
    return None


def bidirectional(name, store):
    """Return what reads and writes one of the two classes."""
    return Spec(
        *(
            Field(part, part, kinds.part, None, attribute=_nothing)
            for part in (*_FIELDS, *_OLD)
        ),
        make=_of_three(name),
        store=store,
    )
