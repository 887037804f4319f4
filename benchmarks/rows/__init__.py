"""The rows of the table, a file for each family."""

from rows import (
    activations,
    convolutions,
    digits,
    images,
    mlp,
    modules,
    overhead,
    recurrent,
    startup,
)

FAMILIES = (
    mlp,
    images,
    convolutions,
    activations,
    modules,
    recurrent,
    overhead,
    digits,
    startup,
)
ROWS = [row for family in FAMILIES for row in family.ROWS]
