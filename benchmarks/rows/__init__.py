"""The rows of the table, a file for each family."""

from rows import (
    activations,
    convolutions,
    digits,
    images,
    mlp,
    modules,
    overhead,
    startup,
)

FAMILIES = (mlp, images, convolutions, activations, modules, overhead, digits, startup)
ROWS = [row for family in FAMILIES for row in family.ROWS]
