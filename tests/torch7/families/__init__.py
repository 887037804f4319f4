"""How Torch7's arguments and indices become ours, one file per family."""

from torch7.families import (
    activations,
    algebra,
    containers,
    convolution,
    criterions,
    linear,
    noise,
    normalization,
    parameter,
    pooling,
    recurrent,
    reduction,
    shape,
    spatial,
    table,
)

FAMILIES = (
    activations,
    algebra,
    containers,
    convolution,
    criterions,
    linear,
    noise,
    normalization,
    parameter,
    pooling,
    recurrent,
    reduction,
    shape,
    spatial,
    table,
)


def _merged(name):
    return {
        key: value
        for family in FAMILIES
        for key, value in getattr(family, name, {}).items()
    }


CONSTRUCTORS = _merged("CONSTRUCTORS")
INPUTS = _merged("INPUTS")
TARGETS = _merged("TARGETS")
FAULTS = _merged("FAULTS")
