"""Activations of Torch7."""

from nnmods.interop.t7.spec import Spec

CLASSES = {
    "Tanh": Spec(),
    "LogSoftMax": Spec(),
    "SoftMax": Spec(),
}
ALIASES = {}
