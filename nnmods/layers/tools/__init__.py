"""Modules that pass data through and act on the gradient, or only look."""

from nnmods.core.lazy import lazily

FILES = {
    "categorical_entropy": "CategoricalEntropy",
    "gradient_reversal": "GradientReversal",
    "l1_penalty": "L1Penalty",
    "print_size": "PrintSize",
    "zero_grad": "ZeroGrad",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
