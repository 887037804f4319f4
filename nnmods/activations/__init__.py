"""Activations: elementwise functions, and those that normalise along an axis."""

from nnmods.activations.abs import Abs
from nnmods.activations.clamp import Clamp, Clip, HardTanh, ReLU6
from nnmods.activations.constants import AddConstant, MulConstant, SAdd
from nnmods.activations.crelu import CReLU
from nnmods.activations.elu import CELU, ELU, SELU
from nnmods.activations.exponentials import Exp, Log
from nnmods.activations.gelu import GELU
from nnmods.activations.glu import GEGLU, GatedLinearUnit, ReGLU, SwiGLU
from nnmods.activations.hard_steps import HardSigmoid, Hardswish
from nnmods.activations.leaky_relu import LeakyReLU
from nnmods.activations.log_sigmoid import LogSigmoid
from nnmods.activations.log_soft_max import LogSoftMax, SpatialLogSoftMax
from nnmods.activations.powers import Power, Sqrt, Square
from nnmods.activations.prelu import PReLU
from nnmods.activations.relu import ReLU
from nnmods.activations.rrelu import RReLU
from nnmods.activations.scaled_tanh import ScaledTanh
from nnmods.activations.self_gated import Mish, SiLU
from nnmods.activations.shrinkage import HardShrink, SoftShrink, TanhShrink
from nnmods.activations.sigmoid import Sigmoid
from nnmods.activations.soft_max import SoftMax, SoftMin, SpatialSoftMax
from nnmods.activations.soft_plus import SoftPlus
from nnmods.activations.soft_sign import SoftSign
from nnmods.activations.tanh import Tanh
from nnmods.activations.threshold import Threshold

__all__ = [
    "CELU",
    "CReLU",
    "ELU",
    "GEGLU",
    "GELU",
    "SELU",
    "Abs",
    "AddConstant",
    "Clamp",
    "Clip",
    "Exp",
    "GatedLinearUnit",
    "HardShrink",
    "HardSigmoid",
    "HardTanh",
    "Hardswish",
    "LeakyReLU",
    "Log",
    "LogSigmoid",
    "LogSoftMax",
    "Mish",
    "MulConstant",
    "PReLU",
    "Power",
    "RReLU",
    "ReGLU",
    "ReLU",
    "ReLU6",
    "SAdd",
    "ScaledTanh",
    "SiLU",
    "Sigmoid",
    "SoftMax",
    "SoftMin",
    "SoftPlus",
    "SoftShrink",
    "SoftSign",
    "SpatialLogSoftMax",
    "SpatialSoftMax",
    "Sqrt",
    "Square",
    "SwiGLU",
    "Tanh",
    "TanhShrink",
    "Threshold",
]
