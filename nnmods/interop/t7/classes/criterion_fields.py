"""Fields that criterions of Torch7 share."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.raw import NAMES, Table, Tensor
from nnmods.interop.t7.spec import Field

#: A label that no class has: ours and Torch7's, though ours count from 0.
NO_LABEL = -100


def _dtype(fields, name, default):
    """Return the dtype: criterions have no _type, but tensors of theirs."""
    for name in ("weights", "weight", "gradInput"):
        raw = fields.named.get(name)
        if type(raw) is Table and raw.items:  # of the gradients of several inputs
            raw = raw.items[1]
        if type(raw) is Tensor and raw.dtype.kind == "f":
            fields.named.setdefault("_type", f"torch.{NAMES[raw.dtype]}Tensor".encode())
    return fields.dtype


def _weights(fields, name, default):
    """Return weights; on graphics cards Torch7 had empty ones for none."""
    array = fields.array(name, None)
    return array if array is not None and array.size else None


def _to_weights(array):
    if array.ndim != 1:
        raise ValueError(f"weights have {array.ndim} axes, expected 1 for Torch7")
    return array


def _label(fields, name, default):
    """Return a label to be ignored: a class, or what is none, such as 0."""
    value = fields.integer(name, NO_LABEL)
    return value if value == NO_LABEL else value - 1


def _to_label(value):
    return value if value == NO_LABEL else value + 1


DTYPE = Field("dtype", "_type", kinds.Kind(_dtype, lambda dtype: kinds.NOTHING))
AVERAGE = Field("size_average", "sizeAverage", kinds.boolean, True)
#: Where nil is false: what came before averaging summed.
MAY_AVERAGE = Field("size_average", "sizeAverage", kinds.boolean, False)
WEIGHTS = Field("weights", "weights", kinds.Kind(_weights, _to_weights))
IGNORED = Field("ignore_index", "ignoreIndex", kinds.Kind(_label, _to_label))


def margin(default):
    return Field("margin", "margin", kinds.number, default)
