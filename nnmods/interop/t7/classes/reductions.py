"""Reductions of Torch7, along one axis."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.spec import Field, Spec

_DIMS = Field("num_input_dims", "nInputDims", kinds.dims)


def _axis_of(module):
    if module.axis is None:
        raise ValueError(
            f"{module!r}: axis is None, expected one; of a table CMaxTable is Torch7's"
        )
    return module.axis


_REDUCED = (Field("axis", "dimension", kinds.index, 0, attribute=_axis_of), _DIMS)

CLASSES = {
    "Max": Spec(*_REDUCED),
    "Min": Spec(*_REDUCED),
    "Sum": Spec(
        *_REDUCED,
        Field("size_average", "sizeAverage", kinds.boolean, False),
        Field("squeeze", "squeeze", kinds.boolean, True),
    ),
    # Its older versions have no sizeAverage, and are means all the same.
    "Mean": Spec(*_REDUCED, also={"sizeAverage": True, "squeeze": True}),
}
ALIASES = {}
