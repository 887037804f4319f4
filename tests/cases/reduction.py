"""Cases of reduction."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Max": [
        Case(nn.Max, [(5, 4), (5, 4)]),
        Case(lambda: nn.Max(1), (5, 4, 3), single=False),
        Case(lambda: nn.Max(-1), (5, 4, 3)),
    ],
}
