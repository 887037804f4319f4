"""Containers of Torch7."""

from nnmods.interop.t7.spec import Spec

CLASSES = {
    "Sequential": Spec(add="modules"),
}
ALIASES = {}
