"""Cases of reduction."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Max": [
        Case(nn.Max, [(5, 4), (5, 4)]),
        Case(lambda: nn.Max(1), (5, 4, 3), single=False),
        Case(lambda: nn.Max(-1), (5, 4, 3)),
        Case(lambda: nn.Max(0, 2), (5, 4, 3)),
    ],
    "Min": [
        Case(nn.Min, (5, 4), batch=False),
        Case(lambda: nn.Min(1), (5, 4, 3), single=False),
        Case(lambda: nn.Min(-1), (5, 4, 3)),
        Case(lambda: nn.Min(0, 2), (5, 4, 3)),
    ],
    "Sum": [
        Case(nn.Sum, (5, 4), batch=False),
        Case(lambda: nn.Sum(1, None, True), (5, 4, 3), single=False),
        Case(lambda: nn.Sum(-1, squeeze=False), (5, 4, 3)),
        Case(lambda: nn.Sum(0, 2), (5, 4, 3)),
    ],
    "Mean": [
        Case(nn.Mean, (5, 4), batch=False),
        Case(lambda: nn.Mean(1), (5, 4, 3), single=False),
        Case(lambda: nn.Mean(0, 2), (5, 4, 3)),
    ],
}
