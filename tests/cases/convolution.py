"""Cases of convolution."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "SpatialConvolution": [
        Case(lambda: nn.SpatialConvolution(2, 3, 3, 3, rng=0), (3, 2, 6, 5)),
        Case(
            lambda: nn.SpatialConvolution(
                2, 4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), rng=0
            ),
            (3, 2, 7, 5),
        ),
        Case(
            lambda: nn.SpatialConvolution(2, 3, kernel_size=1, bias=False, rng=0),
            (3, 2, 4, 5),
        ),
    ],
}
