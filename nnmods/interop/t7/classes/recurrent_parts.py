"""Parts: the modules that a step of the package rnn is made of, in files."""

from nnmods.interop.t7.building import grad_name
from nnmods.interop.t7.fields import Fields
from nnmods.interop.t7.raw import Object

_CONTAINERS = {"Sequential", "ConcatTable", "ParallelTable", "gModule"}
#: Layers that only lead values from one to another. Dropout is one while p is 0.
_WIRING = {
    "CAddTable",
    "CMulTable",
    "Dropout",
    "FlattenTable",
    "Identity",
    "NarrowTable",
    "Reshape",
    "SelectTable",
    "SplitTable",
}


#: What forget() of Torch7 looks for otherwise: the net is among its copies.
AMONG_CLONES = {"rmInSharedClones": True}


def layers_of(fields, *wanted):
    """Return the layers in a step, by the name of the class, in order.

    Their weights are the parameters of the step. What else it holds, such as copies for
    each step, shares them.

    Parameters
    ----------
    fields : Fields
        Of the step.
    *wanted : dict
        The numbers of layers by class, one for each form that the class has.

    Returns
    -------
    dict of lists of Fields

    Raises
    ------
    T7Error
        If there are others: the class has options that change what a step computes,
        and a user may have put another module in the place of its own.
    """
    found, left = {}, [(fields.named.get("recurrentModule"), "recurrentModule")]
    seen = set()
    while left:
        raw, name = left.pop()
        if type(raw) is not Object:
            fields.fail(f"{name} is of type {type(raw).__name__}", "a module")
        if id(raw) in seen:
            fields.fail(f"{name} has one {raw.name} at two places", "one of each")
        seen.add(id(raw))
        part = Fields(raw, (fields.path, name))
        kind = raw.name.rpartition(".")[2]  # that of cudnn is the same
        if part.has("modules"):
            if kind not in _CONTAINERS:
                fields.fail(f"it has {raw.name} in it", "a step without it")
            inner = part.entries("modules", Object)
            left += [(module, name) for module in reversed(inner)]
        elif kind == "Dropout" and (p := part.number("p", 0)):
            part.fail(f"p is {p}", "0, as a step has no dropout here")
        elif kind not in _WIRING:
            found.setdefault(kind, []).append(part)
    counts = {kind: len(parts) for kind, parts in found.items()}
    if counts not in wanted:
        fields.fail(f"it is made of {_listed(counts)}", _listed(wanted[0]))
    return found


def _listed(counts):
    return ", ".join(f"{n} {kind}" for kind, n in counts.items()) or "nothing"


def take(fields, part, **names):
    """Let parameters of a layer be fields of the step, of other names."""
    for name, target in names.items():
        part.array(name)  # must be there
        fields.named[target] = part.named[name]
        fields.named[grad_name(target)] = part.named.get(grad_name(name))


def recurrent_fields(net, rho):
    """Return the fields of an AbstractRecurrent whose steps are copies of a net."""
    names = "outputs", "gradInputs", "_gradOutputs", "gradOutputs"
    return {
        "rho": rho,  # how many steps back: a Sequencer sets it
        "step": 1,
        "recurrentModule": net,
        "modules": [net],
        "sharedClones": [net],
        **{name: [] for name in names},
    }
