"""Snapshot: what a network has come to in training, as data that can be put back."""

import numpy as np

from nnmods.core.lasting import copied, filled, is_data, is_part
from nnmods.core.parameters import own_parameters
from nnmods.core.state import State

#: The name under which a module's memory of its last call is saved.
_KEPT = "kept()"


def snapshot(*roots):
    """Return all that may change in modules and criterions as training goes on.

    That is parameters, running statistics, modes, settings, the states of random
    generators, and what recurrent modules remember: every attribute that is an array, a
    plain value, a generator, an object with ``state_dict()`` and ``load_state_dict()``,
    or lists and dicts of these. Gradients and the results of the last call are left
    out, as they decide nothing.

    Parameters
    ----------
    *roots : Module or Criterion

    Returns
    -------
    list of dict
        For each module and criterion its class and its attributes, which are copies.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(1, 1)
    >>> before = snapshot(net)
    >>> net.weight[...] = 7
    >>> restore(before, net)
    >>> bool(net.weight == 7)
    False
    """
    return [
        {"class": type(owner).__name__, "state": _state_of(owner)}
        for owner in _owners(roots)
    ]


def restore(saved, *roots):
    """Put a `snapshot` of networks that were built alike into these, in place.

    Raises
    ------
    ValueError
        If they consist of other modules, or parameters are of other shapes or dtypes;
        nothing has changed then.
    """
    owners = _owners(roots)
    classes = [type(owner).__name__ for owner in owners]
    if [entry["class"] for entry in saved] != classes:
        raise ValueError(
            f"restore: saved has modules {_listed(e['class'] for e in saved)}, "
            f"expected {_listed(classes)}"
        )
    for owner, entry in zip(owners, saved, strict=True):
        _check_parameters(owner, entry["state"])
    before = snapshot(*roots)
    try:
        _put(owners, saved)
    except BaseException:
        _put(owners, before)
        raise


def _owners(roots):
    """Return the modules and criterions reached from some, each once, in order."""
    found, seen = [], set()
    stack = [*reversed(roots)]
    while stack:
        value = stack.pop()
        if isinstance(value, State):
            if id(value) not in seen:
                seen.add(id(value))
                found.append(value)
                stack += reversed(value.__getstate__().values())
        elif isinstance(value, (list, tuple)):
            stack += reversed(value)
        elif isinstance(value, dict):
            stack += reversed(value.values())
    return found


def _state_of(owner):
    gradients = {f"grad_{name}" for name, _, _ in own_parameters(owner)}
    state = {}
    for name, value in owner.__getstate__().items():
        if name == "_flat" or name in gradients:
            continue
        if is_data(value, of=is_part):
            state[name] = copied(value)
    if hasattr(owner, "kept"):
        state[_KEPT] = copied(owner.kept())
    return state


def _put(owners, saved):
    for owner, entry in zip(owners, saved, strict=True):
        for name, value in entry["state"].items():
            if name == _KEPT:
                owner.put_kept(copied(value))
            else:
                setattr(owner, name, filled(vars(owner).get(name), value))


def _check_parameters(owner, state):
    for name, p, _ in own_parameters(owner):
        value = state.get(name)
        got = (np.shape(value), getattr(value, "dtype", type(value).__name__))
        if got != (p.shape, p.dtype):
            raise ValueError(
                f"{owner!r}: {name} has shape {p.shape} of {p.dtype}, but "
                f"{got[0]} of {got[1]} was saved"
            )


def _listed(names):
    names = [*names]
    return ", ".join(names if len(names) <= 8 else [*names[:7], f"... ({len(names)})"])
