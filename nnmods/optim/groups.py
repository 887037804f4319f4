"""Groups: parameters that an optimiser treats by settings of their own."""

import fnmatch
from typing import NamedTuple

from nnmods.core.parameters import named_parameters


class Slot(NamedTuple):
    """A parameter in the flat vector: its path, the part it takes, and its shape."""

    path: str
    span: slice
    shape: tuple


def slots_of(net, w):
    """Return a `Slot` for each parameter of a net, in the order of ``w``.

    Without a net the vector is one parameter, of no name.

    Examples
    --------
    >>> import numpy as np
    >>> slots_of(None, np.zeros(3))
    [Slot(path='', span=slice(0, 3, None), shape=(3,))]
    """
    if not hasattr(net, "named_modules"):
        return [Slot("", slice(0, w.size), w.shape)]
    origin = w.__array_interface__["data"][0]
    slots = []
    for path, p, _ in named_parameters(net):
        start = (p.__array_interface__["data"][0] - origin) // w.itemsize
        if p.size:  # an empty one has no place
            slots.append(Slot(path, slice(start, start + p.size), p.shape))
    return sorted(slots, key=lambda slot: slot.span.start)


def without_decay(net):
    """Return groups that leave biases, gains and norms out of the weight decay.

    These are the parameters with fewer than two axes: decay is to hold the slopes of a
    network down, not its offsets and scales.

    Parameters
    ----------
    net : Module

    Returns
    -------
    dict of str to dict
        For the ``groups`` of an optimiser.

    Examples
    --------
    >>> import nnmods as nn
    >>> without_decay(nn.Sequential(nn.Linear(2, 3), nn.BatchNormalization(3)))
    {'0.bias': {'weight_decay': 0.0}, '1.weight': {'weight_decay': 0.0},
     '1.bias': {'weight_decay': 0.0}}
    """
    return {
        path: {"weight_decay": 0.0}
        for path, p, _ in named_parameters(net)
        if p.ndim < 2
    }


def split(slots, patterns, owner):
    """Return the list of slots for each of some patterns, and for the rest.

    A slot goes to the first pattern that its path matches, as file names match.

    Raises
    ------
    ValueError
        If nothing is left for a pattern.
    """
    rest, parts = list(slots), []
    for pattern in patterns:
        part = [slot for slot in rest if fnmatch.fnmatchcase(slot.path, pattern)]
        if not part:
            paths = ", ".join(slot.path or "(no name)" for slot in rest[:6])
            more = ", ..." if len(rest) > 6 else ""
            raise ValueError(
                f"{owner}: groups has pattern {pattern!r}, expected one that matches "
                f"parameters left by those before it: {paths}{more}"
            )
        rest = [slot for slot in rest if slot not in part]
        parts.append(part)
    return parts, rest


def joined(slots):
    """Return the spans of slots, those end to end as one."""
    spans = []
    for _, span, _ in slots:
        if spans and spans[-1].stop == span.start:
            spans[-1] = slice(spans[-1].start, span.stop)
        else:
            spans.append(span)
    return spans
