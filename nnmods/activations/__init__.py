"""Activations: elementwise functions, and those that normalise along an axis."""

from nnmods.core.lazy import lazily

FILES = {
    "abs": "Abs",
    "clamp": "Clamp Clip HardTanh ReLU6",
    "constants": "AddConstant MulConstant SAdd",
    "crelu": "CReLU",
    "elu": "CELU ELU SELU",
    "exponentials": "Exp Log",
    "gelu": "GELU",
    "glu": "GEGLU GatedLinearUnit ReGLU SwiGLU",
    "hard_steps": "HardSigmoid Hardswish",
    "leaky_relu": "LeakyReLU",
    "log_sigmoid": "LogSigmoid",
    "log_soft_max": "LogSoftMax SpatialLogSoftMax",
    "powers": "Power Sqrt Square",
    "prelu": "PReLU",
    "relu": "ReLU",
    "rrelu": "RReLU",
    "scaled_tanh": "ScaledTanh",
    "self_gated": "Mish SiLU",
    "shrinkage": "HardShrink SoftShrink TanhShrink",
    "sigmoid": "Sigmoid",
    "soft_max": "SoftMax SoftMin SpatialSoftMax",
    "soft_plus": "SoftPlus",
    "soft_sign": "SoftSign",
    "tanh": "Tanh",
    "threshold": "Threshold",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
