"""PartialLinear of Torch7, which has a network with a LookupTable inside."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.inside import inside
from nnmods.interop.t7.spec import Field, Spec


def _columns(fields, name, default):
    """Return the LookupTable in the network of a PartialLinear: it has the weight."""
    network = kinds.part.read(fields, name, default)
    found = []
    if isinstance(network, nn.Sequential):
        found = network.find_modules(nn.LookupTable)
    if len(found) != 1:
        fields.fail(f"{name} has {len(found)} modules LookupTable", "one")
    return found[0]


def _partial_network(module):
    rows = nn.LookupTable(*module.weight.shape, rng=0)
    both = nn.ParallelTable(nn.Identity(), rows)
    network = inside(module, nn.Sequential(both, nn.MM(False, True)))
    rows.weight, rows.grad_weight = module.weight, module.grad_weight
    return network


def _partial_linear(fields, given):
    rows = given["columns"]
    n_out, n_in = rows.weight.shape
    made = nn.PartialLinear(n_in, n_out, given["bias"], rng=0)
    made.weight, made.grad_weight = rows.weight, rows.grad_weight
    partition = fields.array("partition", None)
    if partition is not None and not np.array_equal(partition, _count(made)):
        made.set_partition(partition - 1.0)
    return made


def _count(module):
    return np.arange(1.0, module.out_features + 1).astype(module.dtype)


def _partial_fields(module, out):
    chosen = everything = _count(module)
    if module.partition is not None:
        chosen = (module.partition + 1).astype(module.dtype)
    out |= {
        "inputsize": module.in_features,
        "outputsize": module.out_features,
        "allcolumns": everything,
        "partition": chosen,
    }
    if module.bias is not None:
        out["bias"] = module.bias.reshape(1, -1)
        out["gradBias"] = module.grad_bias.reshape(1, -1)


PARTIAL_LINEAR = Spec(
    Field(
        "columns",
        "network",
        kinds.Kind(_columns, holds_modules=True),
        attribute=_partial_network,
    ),
    Field("bias", "bias", kinds.present),
    arrays={"bias": lambda given: (len(given["columns"].weight),)},
    make=_partial_linear,
    store=_partial_fields,
)
