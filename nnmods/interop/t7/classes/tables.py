"""Layers of tables of Torch7."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.classes.buffers import sizes, table, tensor, with_buffers
from nnmods.interop.t7.registry import find_writer
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.values import UnknownTorchObject

_DIMS = Field("num_input_dims", "nInputDims", kinds.dims)
_FROM_TABLE = with_buffers(gradInput=table)
_TABLE_TO_TABLE = with_buffers(output=table, gradInput=table)


def _extreme(which):
    """Return what CMaxTable, or CMinTable, is."""
    buffers = dict.fromkeys((f"{which}Idx", "mask", f"{which}Vals"), tensor)
    return Spec(store=with_buffers(gradInput=table, gradMaxVals=tensor, **buffers))


def _with_its_gradient(module, out):
    """Let the table ``gradInput`` hold the very gradient of the criterion."""
    spec = find_writer(module.criterion)
    if spec is not None:
        fields = spec.save(module.criterion)
        out["criterion"] = UnknownTorchObject(spec.name, fields, spec.version)
        out["gradInput"] = [fields["gradInput"]]


CLASSES = {
    "CAddTable": Spec(
        Field("inplace", "inplace", kinds.boolean, False), store=_FROM_TABLE
    ),
    "CSubTable": Spec(store=_FROM_TABLE),
    "CMulTable": Spec(store=_FROM_TABLE),
    "CDivTable": Spec(store=_FROM_TABLE),
    "CMaxTable": _extreme("max"),
    "CMinTable": _extreme("min"),
    "CAddTensorTable": Spec(store=_FROM_TABLE),
    "SplitTable": Spec(Field("axis", "dimension", kinds.index), _DIMS),
    "JoinTable": Spec(
        Field("axis", "dimension", kinds.index),
        _DIMS,
        store=with_buffers(size=sizes, gradInput=table),
    ),
    "SelectTable": Spec(Field("index", "index", kinds.index), store=_FROM_TABLE),
    "NarrowTable": Spec(
        Field("offset", "offset", kinds.front),
        Field("length", "length", kinds.integer, 1),
        store=_TABLE_TO_TABLE,
    ),
    "FlattenTable": Spec(
        store=with_buffers(output=table, gradInput=table, input_map=table)
    ),
    "ReverseTable": Spec(store=_TABLE_TO_TABLE),
    "ZipTable": Spec(store=_TABLE_TO_TABLE),
    "ZipTableOneToMany": Spec(
        store=with_buffers(output=table, gradInput=table, gradInputEl=tensor)
    ),
    # The first forward of Torch7 fills in a dim of nil: 2 for batches, 1 otherwise.
    "MixtureTable": Spec(
        Field("axis", "dim", kinds.front, None),
        also={"batchSize": 0, "backwardSetup": False},
        store=with_buffers(size=sizes, size2=sizes, gradInput=table),
    ),
    "CriterionTable": Spec(
        Field("criterion", "criterion", kinds.part), store=_with_its_gradient
    ),
}
ALIASES = {}
