"""Linear maps of Torch7."""

from math import prod

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.buffers import pair, with_buffers
from nnmods.interop.t7.classes.inside import inside
from nnmods.interop.t7.classes.partial_linear import PARTIAL_LINEAR
from nnmods.interop.t7.kinds import length, measured, present
from nnmods.interop.t7.spec import Field, Spec

_SIZES = (
    Field("in_features", "weight", length(1)),
    Field("out_features", "weight", length(0)),
)
_BIAS = Field("bias", "bias", present)


def _out_in(given):
    return given["out_features"], given["in_features"]


def _out(given):
    return (given["out_features"],)


def _form(given):
    return given["out_features"], given["in_features1"], given["in_features2"]


def _weight_of(module, out):
    """Add what follows from v and g: in evaluation mode Torch7 takes it as it is."""
    norm = np.sqrt(np.einsum("oi,oi->o", module.v, module.v))[:, None]
    norm = np.maximum(norm, module.eps)
    scale = module.g / norm
    out |= {"norm": norm, "scale": scale, "weight": scale * module.v}


def _linear_in(module):
    """Return a Linear that has the very arrays of the maps of a Maxout."""
    maps = module.linear
    linear = inside(module, nn.Linear(maps.in_features, maps.out_features, rng=0))
    for name in ("weight", "grad_weight", "bias", "grad_bias"):
        setattr(linear, name, getattr(maps, name))
    return linear


def _maxout_modules(module):
    """Return the modules of Torch7's Maxout, which is a Sequential."""
    view = nn.View(module.max_number, module.out_features, num_input_dims=1)
    preprocess = [] if module.preprocess is None else [module.preprocess]
    largest = inside(module, nn.Max(0, 2))
    return [_linear_in(module), inside(module, view), *preprocess, largest]


def _maxout(fields, given):
    parts = given["parts"]
    fit = len(parts) in (3, 4) and all(
        isinstance(part, cls)
        for part, cls in zip(
            (*parts[:2], parts[-1]), (nn.Linear, nn.View, nn.Max), strict=True
        )
    )
    if not fit or len(parts[1].sizes) != 2:
        fields.fail(
            f"modules has {[type(part).__name__ for part in parts]}",
            "a Linear, a View of two sizes, perhaps another and a Max",
        )
    linear, view, *preprocess = parts[:-1]
    if prod(view.sizes) != linear.out_features:
        fields.fail(f"the View has sizes {view.sizes}", f"{linear.out_features} in all")
    max_number, n_out = view.sizes
    made = nn.Maxout(linear.in_features, n_out, max_number, *preprocess, rng=0)
    made.linear = linear
    return made


CLASSES = {
    "Linear": Spec(*_SIZES, _BIAS, arrays={"weight": _out_in, "bias": _out}),
    "LinearNoBias": Spec(*_SIZES, arrays={"weight": _out_in}),
    "LinearWeightNorm": Spec(
        Field("in_features", "inputSize", measured("v", 1)),
        Field("out_features", "outputSize", measured("g", 0)),
        _BIAS,
        Field("eps", "eps", default=1e-16),
        arrays={"v": _out_in, "g": lambda given: (*_out(given), 1), "bias": _out},
        store=_weight_of,
    ),
    "Bilinear": Spec(
        Field("in_features1", "weight", length(1)),
        Field("in_features2", "weight", length(2)),
        Field("out_features", "weight", length(0)),
        _BIAS,
        arrays={"weight": _form, "bias": _out},
        store=with_buffers(gradInput=pair),
    ),
    "Maxout": Spec(
        Field("parts", "modules", kinds.parts, attribute=_maxout_modules),
        make=_maxout,
    ),
    "PartialLinear": PARTIAL_LINEAR,
}
#: fbnn's LinearNB is a Linear made without a bias.
ALIASES = {"nn.LinearNB": "LinearNoBias"}
