"""Cases of linear."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Linear": [
        Case(lambda: nn.Linear(4, 3, rng=0), (5, 4)),
        Case(lambda: nn.Linear(4, 3, bias=False, rng=0), (5, 2, 4)),
        Case(lambda: nn.Linear(1, 1, rng=0), (2, 1)),
    ],
}
