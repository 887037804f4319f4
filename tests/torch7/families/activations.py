"""Torch7's activations and elementwise functions."""

import nnmods as nn

CONSTRUCTORS = {"ReLU": lambda inplace=False: nn.ReLU(grad_at_zero=0)}
