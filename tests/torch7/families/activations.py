"""Torch7's activations and elementwise functions."""

import nnmods as nn

CONSTRUCTORS = {
    "GatedLinearUnit": lambda dim=None: nn.GatedLinearUnit(dim and dim - 1),
    "ReLU": lambda inplace=False: nn.ReLU(grad_at_zero=0),
}
