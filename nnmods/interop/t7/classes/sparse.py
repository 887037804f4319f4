"""Layers of Torch7 whose input says by number what it is about."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.classes.buffers import table, tensor, with_buffers
from nnmods.interop.t7.kinds import Kind, length, measured
from nnmods.interop.t7.spec import Field, Spec


def _set_lookup(module, fields):
    """Set what came to LookupTable in time, and may be missing."""
    padding = fields.integer("paddingValue", 0)  # a row from 1; 0 is none
    module.set_padding(padding - 1 + module.first if padding else None)
    module.set_max_norm(fields.number("maxNorm", None))
    module.set_norm_type(fields.number("normType", None))
    scaled = fields.boolean("shouldScaleGradByFreq", False)
    module.should_scale_grad_by_freq = scaled


def _lookup_fields(module, out):
    padding = module.padding_value
    out |= {
        "paddingValue": 0 if padding is None else padding + 1 - module.first,
        "maxNorm": module.max_norm,
        "normType": module.norm_type,
        "shouldScaleGradByFreq": module.should_scale_grad_by_freq,
    }


def _without_mask(fields, name, default):
    """Return the number of rows besides the first, which stands for the mask."""
    return length(0).read(fields, name, default) - 1


def _set_weight_decay(module, fields):
    module.weight_decay = fields.number("weightDecay", 0)


def _sparse_fields(module, out):
    out |= {
        "weightDecay": module.weight_decay,
        "sparseUpdate": 0,  # no gradients since they were set to 0
        "output": np.zeros_like(module.bias),  # that of an empty table has no other
    }


def _forget_keyed_gradient(fields):
    """Drop the gradient of an IndexLinear: its rows are those of the last keys."""
    fields.named.pop("gradWeight", None)


def _gradients_by_key(module):
    """Return where Torch7's IndexLinear collects gradients: none yet."""
    return {"cumSumSizes": [], "keys": [], "gradWeight": [], "counter": 1}


def _normalizes(fields, name, default):
    """Return whether the weight has the 4 columns more that normalizing takes."""
    columns = fields.integer(name, default)
    if columns not in (0, 4):
        fields.fail(f"{name} is {columns}", "0 or 4")
    return columns == 4


def _offset(fields, name, default):
    """Return what is added to keys from 0; Torch7 adds it to keys from 1."""
    return fields.integer(name, default) + 1


def _columns_first(given):
    return given["in_features"], given["out_features"] + 4 * given["normalize"]


def _kmeans_counts(module):
    """Return the samples of each centre, a tensor that Torch7 never resizes."""
    return np.zeros(module.k, module.dtype)


def _kmeans_fields(module, out):
    out |= {"p": module.p, "loss": module.loss}


def _set_p(module, fields):
    module.p = fields.number("p", 0.95)


CLASSES = {
    "LookupTable": Spec(
        Field("n_index", "weight", length(0)),
        Field("n_output", "weight", length(1)),
        arrays={"weight": lambda given: (given["n_index"], given["n_output"])},
        finish=_set_lookup,
        store=_lookup_fields,
        version=4,
    ),
    "LookupTableMaskZero": Spec(
        Field("n_index", "weight", Kind(_without_mask, length(0).write)),
        Field("n_output", "weight", length(1)),
        arrays={"weight": lambda given: (given["n_index"] + 1, given["n_output"])},
        finish=_set_lookup,
        store=_lookup_fields,
    ),
    "SparseLinear": Spec(
        Field("in_features", "weight", length(1)),
        Field("out_features", "bias", length(0)),
        Field("do_grad_input", "doGradInput", kinds.boolean, False),
        arrays={
            "weight": lambda given: (given["out_features"], given["in_features"]),
            "bias": lambda given: (given["out_features"],),
        },
        finish=_set_weight_decay,
        store=with_buffers(_sparse_fields, gradInput=table),
    ),
    # Gradients of its weight do not go through files; weightDecay is not known here.
    "IndexLinear": Spec(
        Field("in_features", "inputSize", measured("weight", 0)),
        Field("out_features", "outputSize", measured("bias", 0)),
        Field("do_grad_input", "doGradInput", kinds.boolean, False),
        Field("normalize", "normalize", Kind(_normalizes, int), 0),
        Field("keys_offset", "offset", Kind(_offset, lambda k: k - 1), -1),
        arrays={
            "weight": _columns_first,
            "bias": lambda given: (given["out_features"],),
        },
        also={"weightDecay": 0},
        upgrade=_forget_keyed_gradient,
        store=with_buffers(
            running=_gradients_by_key,
            gradWeight=tensor,
            gradWeightBuffer=tensor,
            valuesBuffer=tensor,
            normalizedValues=tensor,
            sizesCache=table,
            cumSumSizesCache=table,
        ),
    ),
    "Kmeans": Spec(
        Field("k", "k", measured("weight", 0)),
        Field("dim", "dim", measured("weight", 1)),
        Field("scale", "scale", default=None),
        arrays={"weight": lambda given: (given["k"], given["dim"])},
        finish=_set_p,
        store=with_buffers(_kmeans_fields, clusterSampleCount=_kmeans_counts),
    ),
}
ALIASES = {}
