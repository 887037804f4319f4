"""Modules that pass data through and act on the gradient, or only look."""

from nnmods.layers.tools.categorical_entropy import CategoricalEntropy
from nnmods.layers.tools.gradient_reversal import GradientReversal
from nnmods.layers.tools.l1_penalty import L1Penalty
from nnmods.layers.tools.print_size import PrintSize
from nnmods.layers.tools.zero_grad import ZeroGrad

__all__ = [
    "CategoricalEntropy",
    "GradientReversal",
    "L1Penalty",
    "PrintSize",
    "ZeroGrad",
]
