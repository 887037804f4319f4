"""Linear maps and lookups of Torch7."""

from nnmods.interop.t7.kinds import length, present
from nnmods.interop.t7.spec import Field, Spec

CLASSES = {
    "Linear": Spec(
        Field("in_features", "weight", length(1)),
        Field("out_features", "weight", length(0)),
        Field("bias", "bias", present),
        arrays={
            "weight": lambda given: (given["out_features"], given["in_features"]),
            "bias": lambda given: (given["out_features"],),
        },
    ),
}
ALIASES = {}
