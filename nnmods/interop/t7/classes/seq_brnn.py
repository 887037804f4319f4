"""SeqBRNN of the package rnn: a net of two layers over whole sequences."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.inner_nets import Inner
from nnmods.interop.t7.spec import Field, Spec


def _axis(fields, name, default):
    """Return an axis; Torch7 reverses one of the first three."""
    axis = kinds.front.read(fields, name, default)
    if axis > 2:
        fields.fail(f"{name} is {axis + 1}", "1 to 3")
    return axis


def _to_axis(axis):
    if axis > 2:
        raise ValueError(f"axis is {axis}, expected 0 to 2, as Torch7 has no other")
    return kinds.front.write(axis)


def _seq_brnn(fields, given):
    """Return a SeqBRNN, whose net says along which axis it reverses.

    Torch7 has steps in front, between two Transpose if ``batchFirst`` was set. Ours has
    layers with ``batchfirst`` then.
    """
    net = given["net"]
    parts = list(net.modules) if type(net) is nn.Sequential else []
    is_batch_first = len(parts) == 4 and _are_transposes(parts[0], parts[3])
    if is_batch_first:
        parts = parts[1:3]
    if len(parts) != 2 or not _is_both(parts[0]):
        fields.fail("module is another net", "that of an nn.SeqBRNN")
    (forward, backward), merge = parts[0].modules, parts[1]
    first, backward, _ = backward.modules
    axis = first.axis
    if is_batch_first:
        for layer in (forward, backward):
            if axis or getattr(layer, "batchfirst", True):
                fields.fail(f"{layer!r} is between Transposes", "one with steps first")
            layer.batchfirst = True
        if not _is_same_for_batches(merge):
            fields.fail(f"merge is {merge!r}", "CAddTable or JoinTable(3)")
        axis = -2
    elif axis == 1 and getattr(forward, "batchfirst", False):
        axis = -2
    merge = None if type(merge) is nn.CAddTable else merge
    return nn.SeqBRNN(forward, backward, merge, axis)


def _are_transposes(*modules):
    return all(
        type(module) is nn.Transpose and [sorted(p) for p in module.pairs] == [[0, 1]]
        for module in modules
    )


def _is_both(module):
    """Tell whether this is a layer, and another one for a sequence backwards."""
    if type(module) is not nn.ConcatTable or len(module) != 2:
        return False
    back = module[1]
    if type(back) is not nn.Sequential or len(back) != 3:
        return False
    ends = back[0], back[2]
    return (
        all(type(end) is nn.SeqReverseSequence for end in ends)
        and ends[0].axis == ends[1].axis
    )


def _is_same_for_batches(merge):
    """Tell whether a merge does the same once the first two axes are swapped."""
    if type(merge) is nn.JoinTable:
        return merge.axis in (2, -1) and not merge.num_input_dims
    return type(merge) is nn.CAddTable


def _seq_brnn_fields(module, out):
    axis = module.axis
    if not -3 <= axis < 3:
        raise ValueError(
            f"SeqBRNN: axis is {axis}, expected -3 to 2: x has 3 axes in Torch7"
        )
    inner = Inner(module)
    forward, backward, *merge = module.modules
    merge = merge[0] if merge else inner("CAddTable")
    there, back = (inner("SeqReverseSequence", axis % 3) for _ in range(2))
    backwards = inner.sequential(there, backward, back)
    net = inner.sequential(inner.both(forward, backwards), merge)
    out |= {
        "forwardModule": forward,
        "backwardModule": backward,
        "merge": merge,
        "dim": axis % 3 + 1,
        "module": net,
        "modules": [net],
    }


SEQ_BRNN = {
    "SeqReverseSequence": Spec(Field("axis", "dim", kinds.Kind(_axis, _to_axis))),
    "SeqBRNN": Spec(
        Field("net", "module", kinds.part, attribute=lambda module: None),
        make=_seq_brnn,
        store=_seq_brnn_fields,
    ),
}
