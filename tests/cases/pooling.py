"""Cases of pooling."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "SpatialMaxPooling": [
        Case(lambda: nn.SpatialMaxPooling(2, 2, 2, 2), (3, 2, 6, 4)),
        Case(
            lambda: nn.SpatialMaxPooling(kernel_size=3, stride=2, padding=1),
            (3, 2, 7, 6),
        ),
    ],
    "SpatialAveragePooling": [
        Case(lambda: nn.SpatialAveragePooling(2, 2, 2, 2), (3, 2, 6, 4)),
        Case(
            lambda: nn.SpatialAveragePooling(kernel_size=3, stride=2, padding=1),
            (3, 2, 7, 6),
        ),
    ],
}
