"""Activations: elementwise functions, and those that normalise along an axis."""

from nnmods.activations.log_sigmoid import LogSigmoid
from nnmods.activations.log_soft_max import LogSoftMax
from nnmods.activations.relu import ReLU
from nnmods.activations.scaled_tanh import ScaledTanh
from nnmods.activations.sigmoid import Sigmoid
from nnmods.activations.soft_max import SoftMax
from nnmods.activations.soft_plus import SoftPlus
from nnmods.activations.tanh import Tanh

__all__ = [
    "LogSigmoid",
    "LogSoftMax",
    "ReLU",
    "ScaledTanh",
    "Sigmoid",
    "SoftMax",
    "SoftPlus",
    "Tanh",
]
