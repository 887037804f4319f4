"""Stand-ins: copies of a module that hold its own arrays, settings and generators."""

from nnmods.core.parameters import own_parameters
from nnmods.core.tree import Tree


def lasting(module):
    """Return a dict of all that a module holds, but results and modules."""
    below = {name.partition(".")[0] for name, _ in Tree.children(module)}
    return {
        name: value
        for name, value in vars(module).items()
        if name not in module._results and name not in below
    }


def parameters_of(module):
    """Return a dict of a module's own parameters and gradients."""
    found = {}
    for name, p, grad in own_parameters(module):
        found[name], found[f"grad_{name}"] = p, grad
    return found


def stand_in(module, kinds=object):
    """Return a copy that holds the very same values, if they are of these kinds."""
    copy = module.clone()
    for mine, theirs in zip(copy.list_modules(), module.list_modules(), strict=True):
        held = lasting(theirs)
        vars(mine).update({k: v for k, v in held.items() if isinstance(v, kinds)})
    return copy
