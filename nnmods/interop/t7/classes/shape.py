"""Shapes and selections of Torch7."""

from math import prod

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.classes.buffers import longs, pair, sizes, tensor, with_buffers
from nnmods.interop.t7.classes.conversions import CONVERSIONS
from nnmods.interop.t7.raw import Table
from nnmods.interop.t7.spec import Field, Spec


def _some_dims(fields, name, default):
    """Return how many axes a sample has, where 0 would not mean that it is unknown."""
    value = fields.integer(name, None)
    if value is not None and value < 1:
        fields.fail(f"{name} is {value}", "a number from 1")
    return value or 0


_some = kinds.Kind(_some_dims, kinds.dims.write)
_AXIS = Field("axis", "dimension", kinds.index)
_DIMS = Field("num_input_dims", "nInputDims", kinds.dims)


def _reshape_fields(module, out):
    if -1 in module.sizes:
        raise ValueError(
            f"{module!r}: sizes has -1, expected none, as nn.Reshape infers nothing; "
            "View does"
        )
    out["nelement"], out["batchsize"] = prod(module.sizes), longs([0, *module.sizes])


def _view_fields(module, out):
    out["numElements"] = prod(size for size in module.sizes if size >= 0)


def _empty(dtype):
    return lambda module: np.empty(0, dtype)


def _pairs(fields, name, default):
    """Return pairs of axes; Torch7 looks at the first two entries of each."""
    pairs = []
    for entry in fields.entries(name, Table):
        axes = dict(entry.pairs())
        for place in (1.0, 2.0):
            axis = axes.get(place)
            if type(axis) is not float or not axis.is_integer() or not 1 <= axis:
                fields.fail(f"{name} has an axis {axis}", "a number from 1")
        pairs.append((int(axes[1.0]) - 1, int(axes[2.0]) - 1))
    return pairs


def _to_pairs(pairs):
    return [[kinds.front.write(axis) for axis in pair] for pair in pairs]


def _set_dims(module, fields):
    module.set_num_input_dims(_some_dims(fields, "numInputDims", 0))


def _write_dims(module, out):
    out["numInputDims"] = module.num_input_dims or None


CLASSES = {
    "Reshape": Spec(
        Field("*", "size", kinds.sizes, attribute="sizes"),
        Field("batch_mode", "batchMode", kinds.boolean, None),
        store=_reshape_fields,
    ),
    "View": Spec(
        Field("*", "size", kinds.sizes, attribute="sizes"),
        Field("num_input_dims", "numInputDims", kinds.integer, None),
        store=_view_fields,
    ),
    "Contiguous": Spec(),
    **CONVERSIONS,
    "Collapse": Spec(Field("num_input_dims", "nInputDim", kinds.integer)),
    "Select": Spec(_AXIS, Field("index", "index", kinds.index)),
    "Narrow": Spec(
        _AXIS,
        Field("offset", "index", kinds.index),
        Field("length", "length", kinds.integer, 1),
    ),
    "Index": Spec(
        Field("axis", "dimension", kinds.front),
        store=with_buffers(gradInput=pair),
    ),
    "MaskedSelect": Spec(
        store=with_buffers(
            _maskIndices=_empty(np.int64),
            _maskIndexBuffer=_empty(np.int64),
            _maskIndexBufferCPU=_empty(np.float32),
            _gradBuffer=tensor,
            _gradMask=_empty(np.uint8),
        )
    ),
    "Squeeze": Spec(
        Field("axis", "dim", kinds.front, None),
        Field("num_input_dims", "numInputDims", kinds.dims),
    ),
    # The first forward of Torch7 fills in numInputDims: as many axes as its input has.
    "Unsqueeze": Spec(
        Field("axis", "pos", kinds.front),
        Field("num_input_dims", "numInputDims", _some),
    ),
    "Replicate": Spec(
        Field("n", "nfeatures", kinds.integer),
        Field("axis", "dim", kinds.front, 0),
        Field("num_input_dims", "ndim", _some),
    ),
    "Transpose": Spec(
        Field("*", "permutations", kinds.Kind(_pairs, _to_pairs), attribute="pairs"),
        finish=_set_dims,
        store=_write_dims,
    ),
    "Padding": Spec(
        Field("axis", "dim", kinds.front),
        Field("pad", "pad", kinds.integer),
        Field("num_input_dims", "nInputDim", _some),
        Field("value", "value", kinds.number, 0),
        Field("index", "index", kinds.front, 0),
        store=with_buffers(outputSize=sizes),
    ),
    "OneHot": Spec(Field("output_size", "outputSize", kinds.integer)),
}
ALIASES = {}
