"""Containers and decorators of Torch7."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.buffers import sizes, table, with_buffers
from nnmods.interop.t7.classes.weight_norm import WEIGHT_NORM
from nnmods.interop.t7.raw import NAMES, Table, Tensor
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.values import UnknownTorchObject


def _first(module):
    return module.modules[0] if module.modules else None


#: The module that a decorator is around.
_MODULE = Field("module", "modules", kinds.decorated, attribute=_first)
_JOINED = Field("axis", "dimension", kinds.front)


def _axes(fields, name, default):
    """Return a number of axes; Torch7 has a tensor of that size."""
    n = fields.integer(name, default)
    if n is not default and not 1 <= n <= 64:
        fields.fail(f"{name} is {n}", "1 to 64")
    return n


def _bottle_fields(module, out):
    n, m = module.n_input_dim, module.n_output_dim
    out |= {"dimDelta": n - m, "inShape": np.zeros(n), "outShape": np.zeros(m)}


def _map_table(fields, given):
    """Return a MapTable; without sharing, each copy has parameters of its own."""
    # Its module is the first of its modules, but for those that were resized to none.
    module, copies = given["module"], given["copies"]
    if module is None and copies:
        module = copies[0]
    made = nn.MapTable(module, given["shared"])
    if not made.shared:
        made.modules += copies[1:]
    return made


def _is_shared(fields, name, default):
    """Return whether parameters are shared; old versions have a list of their names."""
    if type(fields.named.get(name)) is Table:
        return bool(fields.named[name].items)
    return fields.boolean(name, default)


def _names_shared(module, out):
    out["sharedparams"] = ["weight", "bias", "gradWeight", "gradBias"]


def _tensor_type(dtype):
    """Return Torch7's name of a dtype, None of None."""
    return None if dtype is None else f"torch.{NAMES[np.dtype(dtype)]}Tensor"


def _own_dtype(module, fields):
    """Let a DontCast have the dtype of its results: its _type stays the default."""
    for name in ("output", "gradInput"):
        raw = fields.named.get(name)
        if type(raw) is Table and raw.items:
            raw = raw.items[1]
        if type(raw) is Tensor and raw.dtype.kind == "f":
            module._dtype = raw.dtype
            return


def _dont_cast_fields(module, out):
    out["moduleType"] = _tensor_type(module.tensor_type or module._inner_dtype())


def _label(fields, name, default):
    if type(fields.named.get(name)) is bytes:
        return fields.string(name)
    return fields.number(name, default)


def _to_label(value):
    return value if isinstance(value, (int, float)) else str(value)


def _profile_fields(module, out):
    # A timer writes nothing of itself.
    out |= {
        "module": module.modules[0],
        "timer": UnknownTorchObject("torch.Timer", None),
    }
    out |= dict.fromkeys(("numFwds", "numBwds", "summedFwdTime", "summedBwdTime"), 0)


CLASSES = {
    "Sequential": Spec(add="modules"),
    "Concat": Spec(_JOINED, add="modules", store=with_buffers(outputSize=sizes)),
    "DepthConcat": Spec(_JOINED, add="modules", store=with_buffers(outputSize=sizes)),
    "Parallel": Spec(
        Field("input_axis", "inputDimension", kinds.front),
        Field("output_axis", "outputDimension", kinds.front),
        add="modules",
    ),
    "ConcatTable": Spec(add="modules", store=with_buffers(output=table)),
    "ParallelTable": Spec(
        add="modules", store=with_buffers(output=table, gradInput=table)
    ),
    "MapTable": Spec(
        Field("module", "module", kinds.part, None, attribute=_first),
        Field("copies", "modules", kinds.parts, (), attribute=list),
        Field("shared", "shared", kinds.Kind(_is_shared), True),
        make=_map_table,
        store=with_buffers(_names_shared, output=table, gradInput=table),
    ),
    "Decorator": Spec(_MODULE),
    "Bottle": Spec(
        _MODULE,
        Field("n_input_dim", "nInputDim", kinds.Kind(_axes), 2),
        Field("n_output_dim", "nOutputDim", kinds.Kind(_axes), None),
        store=_bottle_fields,
    ),
    "WeightNorm": WEIGHT_NORM,
    "DontCast": Spec(
        _MODULE,
        Field("cast_input", "castin", kinds.boolean, False),
        Field("cast_output", "castout", kinds.boolean, False),
        Field("tensor_type", "moduleType", kinds.Kind(_label, _tensor_type), None),
        finish=_own_dtype,
        store=_dont_cast_fields,
    ),
    "NaN": Spec(_MODULE, Field("id", "id", kinds.Kind(_label, _to_label), None)),
    "Profile": Spec(
        _MODULE,
        Field("print_interval", "print_interval", kinds.integer, 100),
        Field("name", "name", kinds.string, None),
        store=_profile_fields,
    ),
    "GPU": Spec(
        _MODULE,
        Field("device", "device", kinds.integer),
        Field("outdevice", "outdevice", kinds.integer, None),
    ),
    "Serial": Spec(
        _MODULE,
        Field("tensor_type", "tensortype", kinds.Kind(_label, _tensor_type), None),
    ),
}
ALIASES = {}
