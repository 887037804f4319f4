"""One or more cases of every exported class; a file per family."""

from cases import (
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
MODULES = {name: cases for family in FAMILIES for name, cases in family.MODULES.items()}
CRITERIONS = criterions.CRITERIONS
