"""Activations and mathematics of Torch7."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.buffers import tensor, with_buffers
from nnmods.interop.t7.classes.inside import inside
from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.raw import Tensor
from nnmods.interop.t7.spec import Field, Spec

#: Torch7 may write results over x; nothing here does, and no result depends on it.
_INPLACE = {"inplace": False}
_BOUNDS = (
    Field("min_value", "min_val", default=-1),
    Field("max_value", "max_val", default=1),
)


def _relu(fields, given):
    """Return Torch7's ReLU: a Threshold whose two numbers are 0, unless changed."""
    numbers = fields.number("threshold", 0), fields.number("val", 0)
    if any(numbers):
        return nn.Threshold(*numbers)
    return nn.ReLU(grad_at_zero=0)


def _clipped(fields):
    """Give cudnn.ClippedReLU, which has a ceiling, the fields of a HardTanh."""
    if fields.class_name == "cudnn.ClippedReLU":
        ceiling = float(fields.number("ceiling"))
        fields.named |= {"min_val": 0.0, "max_val": ceiling}


def _linear_from_20(fields):
    if (threshold := fields.number("threshold", 20)) != 20:
        fields.fail(f"threshold is {threshold}", "20")


def _soft_max(name):
    """Return what a softmax is, whose axis Torch7 knows by the number of axes of x.

    cudnn's are the same, but that cudnn.SoftMax and cudnn.LogSoftMax take all entries
    of an image together. They get their algorithm from a field.
    """

    def make(fields, given):
        log = fields.string("algorithm", None) == "CUDNN_SOFTMAX_LOG"
        return getattr(nn, name.replace("SoftMax", "LogSoftMax") if log else name)()

    return Spec(store=_no_axis, make=None if "Log" in name else make)


def _no_axis(module, out):
    if module.axis is not None:
        raise ValueError(
            f"{module!r}: axis is {module.axis}, expected None, as Torch7 chooses it"
        )


def _gate_axis(axis):
    """Return the axis to halve, from 1; nil is the last one."""
    return None if axis == -1 else kinds.front.write(axis)


def _constant(fields, name, default):
    """Return a number, or a vector with one for each entry of the last axis."""
    is_array = type(fields.named.get(name)) is Tensor
    return (fields.array if is_array else fields.number)(name)


def _convert_constant(module, fields):
    if isinstance(module.constant_scalar, np.ndarray):
        module.constant_scalar = module.constant_scalar.astype(module.dtype)


def _crelu_modules(module, out):
    """Add the modules of Torch7's CReLU, which is a Sequential."""
    both = nn.ConcatTable(nn.Identity(), nn.MulConstant(-1))
    parts = both, nn.JoinTable(1), nn.ReLU(grad_at_zero=0)
    out["modules"] = [inside(module, part) for part in parts]


def _own_tanh(module, out):
    out["tanh"] = inside(module, nn.Tanh())


CLASSES = {
    "Abs": Spec(),
    "Exp": Spec(),
    "Log": Spec(),
    "Square": Spec(),
    "Sqrt": Spec(Field("eps", "eps", default=0)),
    "Power": Spec(Field("pow", "pow")),
    "AddConstant": Spec(
        Field("constant_scalar", "constant_scalar", kinds.Kind(_constant)),
        also=_INPLACE,
        finish=_convert_constant,
    ),
    "MulConstant": Spec(Field("constant_scalar", "constant_scalar"), also=_INPLACE),
    "SAdd": Spec(
        Field("addend", "addend"), Field("negate", "negate", kinds.boolean, False)
    ),
    # The first HardTanh had no bounds, and the first SoftPlus no beta.
    "HardTanh": Spec(*_BOUNDS, also=_INPLACE, upgrade=_clipped),
    "Clamp": Spec(*_BOUNDS, also=_INPLACE),
    "ReLU6": Spec(also=_INPLACE),
    "Clip": Spec(
        Field("minval", "minval", attribute="min_value"),
        Field("maxval", "maxval", attribute="max_value"),
    ),
    "Threshold": Spec(
        Field("th", "threshold", attribute="threshold"),
        Field("v", "val", attribute="val"),
        also=_INPLACE,
    ),
    "ReLU": Spec(make=_relu, also={"threshold": 0, "val": 0, **_INPLACE}),
    "CReLU": Spec(
        Field("n_input_dims", "nInputDims", kinds.integer),
        also=_INPLACE,
        store=_crelu_modules,
    ),
    "LeakyReLU": Spec(Field("negval", "negval", default=0.01), also=_INPLACE),
    "RReLU": Spec(
        Field("lower", "lower", default=1 / 8),
        Field("upper", "upper", default=1 / 3),
        also=_INPLACE,
        store=with_buffers(noise=tensor),
    ),
    "PReLU": Spec(
        Field("n_output_plane", "nOutputPlane", kinds.integer, 0),
        arrays={"weight": lambda given: (given["n_output_plane"] or 1,)},
        upgrade=needed("weight"),
    ),
    "ELU": Spec(Field("alpha", "alpha", default=1), also=_INPLACE),
    "SoftPlus": Spec(
        Field("beta", "beta", default=1),
        also={"threshold": 20},
        upgrade=_linear_from_20,
    ),
    "SoftSign": Spec(),
    "HardShrink": Spec(Field("lambd", "lambda", default=0.5)),
    "SoftShrink": Spec(Field("lambd", "lambda", default=0.5)),
    "TanhShrink": Spec(store=_own_tanh),
    "Sigmoid": Spec(),
    "LogSigmoid": Spec(),
    "Tanh": Spec(),
    "SoftMax": _soft_max("SoftMax"),
    "SoftMin": Spec(store=_no_axis),
    "LogSoftMax": _soft_max("LogSoftMax"),
    "SpatialSoftMax": _soft_max("SpatialSoftMax"),
    "SpatialLogSoftMax": _soft_max("SpatialLogSoftMax"),
    "GatedLinearUnit": Spec(
        Field("axis", "dim", kinds.Kind(kinds.front.read, _gate_axis), None)
    ),
}
_CUDNN = "ReLU Sigmoid Tanh SoftMax LogSoftMax SpatialSoftMax SpatialLogSoftMax".split()
ALIASES = {f"cudnn.{name}": name for name in _CUDNN} | {"cudnn.ClippedReLU": "HardTanh"}
