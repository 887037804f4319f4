"""Convolutions of chosen pairs of planes."""

import numpy as np

from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.classes.windows import kernel, only, stride
from nnmods.interop.t7.kinds import Kind
from nnmods.interop.t7.spec import Field, Spec


def _read_connections(fields, name, default):
    table = fields.array(name)
    if not np.all((table >= 1) & (table < 2**31)):
        fields.fail(f"{name} has other entries", "planes, counted from 1")
    return table.astype(np.int64) - 1


def mapped():
    """Return the spec of a convolution of chosen pairs of planes."""

    def store(module, out):
        only(biased=True)(module, out)
        out["connTable"] = (module.conn_table + 1).astype(module.dtype)  # C wants it so
        out["nInputPlane"] = module.in_channels
        out["nOutputPlane"] = module.out_channels

    return Spec(
        Field("conn_table", "connTable", Kind(_read_connections)),
        kernel(2),
        stride(2),
        arrays={
            "weight": lambda given: (len(given["conn_table"]), *given["kernel_size"]),
            "bias": lambda given: (int(given["conn_table"][:, 1].max(initial=-1)) + 1,),
        },
        upgrade=needed("weight", "bias"),
        store=store,
    )
