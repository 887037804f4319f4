"""Cases of activations."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "ReLU": [
        Case(nn.ReLU, (5, 4)),
        Case(lambda: nn.ReLU(grad_at_zero=0), (3, 2, 4, 5)),
    ],
    "Tanh": [Case(nn.Tanh, (5, 4)), Case(nn.Tanh, (3, 2, 4, 5))],
    "ScaledTanh": [
        Case(nn.ScaledTanh, (5, 4)),
        Case(lambda: nn.ScaledTanh(twist=0.1), (5, 4)),
    ],
    "Sigmoid": [Case(nn.Sigmoid, (5, 4))],
    "SoftPlus": [Case(nn.SoftPlus, (5, 4)), Case(lambda: nn.SoftPlus(2.0), (5, 4))],
    "LogSigmoid": [Case(nn.LogSigmoid, (5, 4))],
    "SoftMax": [
        Case(nn.SoftMax, (5, 4)),
        Case(nn.SoftMax, (3, 2, 4, 5)),
        Case(lambda: nn.SoftMax(axis=-1), (5, 2, 3)),
    ],
    "LogSoftMax": [
        Case(nn.LogSoftMax, (5, 4)),
        Case(nn.LogSoftMax, (3, 2, 4, 5)),
        Case(lambda: nn.LogSoftMax(axis=-1), (5, 2, 3)),
    ],
}
