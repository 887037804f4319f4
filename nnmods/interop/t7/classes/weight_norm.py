"""WeightNorm of Torch7, which leaves the weight out of its files."""

from math import prod

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.building import bind
from nnmods.interop.t7.classes.buffers import longs
from nnmods.interop.t7.raw import Object, Storage, Table, Tensor
from nnmods.interop.t7.registry import find_writer
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.stackless import drive
from nnmods.interop.t7.values import UnknownTorchObject


def _weight_norm(fields, given):
    """Return a WeightNorm around the module in the file, once that has a weight.

    The files of Torch7 have none, neither here nor there: it follows from g and v.
    """
    from nnmods.interop.t7.lifting import Lifting

    modules = Table()
    for inner in fields.entries("modules", Object)[:1]:
        modules.items += 1.0, _with_weight(inner, fields, given["output_dim"])
    # A decorator takes a module, or says what is wrong with it.
    around = Object("nn.Decorator", 1, Table([b"modules", modules]), fields.offset)
    around = drive(Lifting().value(around, fields.path))
    module = around.modules[0]
    bias = getattr(module, "bias", None)
    kept = None if bias is None else bias.copy()
    made = nn.WeightNorm(module, **given, rng=0)  # which sets the bias to 0
    if kept is not None:
        bias[...] = kept
    return made


def _with_weight(raw, fields, output_dim):
    """Return a module with a weight of the right size, if it has none."""
    if type(raw.content) is not Table:
        return raw
    items = raw.content.items
    if b"weight" in items[::2]:
        return raw
    v, shape = fields.array("v"), _weight_size(fields, output_dim)
    if min(shape, default=0) < 1 or prod(shape) != v.size:
        fields.fail(f"the size of its weight is {shape}", f"{v.size} numbers, as in v")
    strides = [prod(shape[i + 1 :]) for i in range(len(shape))]
    storage = Storage(np.zeros(v.size, v.dtype))
    weight = Tensor(v.dtype, tuple(shape), strides, 0, storage)
    return Object(raw.name, raw.version, Table([*items, b"weight", weight]), raw.offset)


def _weight_size(fields, output_dim):
    """Return the shape of the weight.

    The first versions have it with the axis of the outputs in front only.
    """
    shape = fields.sizes("weightSize", None)
    if shape is not None:
        return list(shape)
    first, *others = fields.sizes("viewOut") or (0,)
    return [*others[:output_dim], first, *others[output_dim:]]


def _bind(module, fields):
    """Let v and g be those of the file, and the weight what follows from them.

    Their gradients count in files that have the weight, as ours have: Torch7 keeps
    that in gradV where it leaves it out.
    """
    for name, grad in (("v", "gradV"), ("g", "gradG")):
        array, own = fields.array(name), getattr(module, name)
        if array.size != own.size:
            fields.fail(f"{name} has shape {array.shape}", f"{own.shape}")
        grad = grad if fields.has("weight") else None
        bind(module, name, array.reshape(own.shape), fields, grad)
    module.compute_weight()


def _weight_norm_fields(module, out):
    """Add the weight too, and its gradient, which our module has not for itself."""
    inner = module.modules[0]
    module.compute_weight()
    spec = find_writer(inner)
    out["modules"] = [inner]
    if spec is None:
        return
    inner.grad_weight = np.zeros_like(inner.weight)
    try:
        fields = spec.save(inner)
    finally:
        del inner.grad_weight
    axis = module.output_dim
    weight = fields.get("weight")
    if weight is None or (axis and weight.shape != inner.weight.shape):
        raise ValueError(
            f"{type(module).__name__}: the module is {type(inner).__name__} and "
            f"output_dim {axis}, expected one with a weight of that axis in Torch7"
        )
    out["modules"] = [UnknownTorchObject(spec.name, fields, spec.version)]
    for name in ("weight", "gradWeight", "bias", "gradBias"):
        out[name] = fields.get(name)
    shape, (n, width) = weight.shape, module.v.shape
    others = [*shape[:axis], *shape[axis + 1 :]]
    out |= {
        "otherDims": width,
        "viewIn": longs([n, width]),
        "viewOut": longs([n, *others]),
        "weightSize": longs(shape),
        "_norm": np.zeros(n, module.dtype),
        "_scale": np.zeros(n, module.dtype),
    }
    for name, grad in (("v", "gradV"), ("g", "gradG")):
        out[name], out[grad] = getattr(module, name), getattr(module, f"grad_{name}")


WEIGHT_NORM = Spec(
    Field("output_dim", "outputDim", kinds.front, 0),
    make=_weight_norm,
    finish=_bind,
    store=_weight_norm_fields,
)
