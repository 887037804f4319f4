"""Copy and Convert of Torch7: other types of tensors, other layouts of batches."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.raw import NAMES, Tensor
from nnmods.interop.t7.spec import Field, Spec


def _copy(fields, given):
    """Return a Copy: its types are those of its empty results.

    Where they were equal it got functions of its own, which pass arrays on.
    """
    types = [
        raw.dtype if type(raw := fields.named.get(name)) is Tensor else None
        for name in ("gradInput", "output")
    ]
    return nn.Copy(*types, not fields.has("updateOutput"), **given)


def _copy_dtype(module, fields):
    """Let it have a dtype, which goes before both types, only if that is theirs."""
    one = module.outtype if module.intype == module.outtype else None
    module._dtype = np.dtype(one) if one and one.startswith("float") else None


def _copy_fields(module, out):
    for name, dtype in (("gradInput", module.intype), ("output", module.outtype)):
        dtype = np.dtype(dtype or module.dtype) if not module._dtype else module._dtype
        if dtype not in NAMES:
            raise ValueError(f"{module!r}: a type is {dtype}, expected one of Torch7")
        out[name] = np.empty(0, dtype)


def _convert_fields(module, out):
    before, after = module.input_shape, module.output_shape
    is_any = before == "b*"
    out |= {
        "inputBatchDim": before.index("b") + 1,
        "outputBatchDim": after.index("b") + 1,
        "nInputDim": -1 if is_any else len(before),
        "nOutputDim": -1 if is_any else len(after),
        "transposition": sorted(before) == sorted(after),
        "modules": [],  # the first forward makes one
    }


CONVERSIONS = {
    "Copy": Spec(
        Field("dont_cast", "dontCast", kinds.boolean, False),
        make=_copy,
        finish=_copy_dtype,
        store=_copy_fields,
    ),
    "Convert": Spec(
        Field("input_shape", "inputShape", kinds.string),
        Field("output_shape", "outputShape", kinds.string),
        store=_convert_fields,
    ),
}
