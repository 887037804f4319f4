"""Cases of parameter."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "CAdd": [
        Case(lambda: nn.CAdd(4, rng=0), (5, 4)),
        Case(lambda: nn.CAdd(4, True, rng=0), (5, 4)),
        Case(lambda: nn.CAdd(2, 3, rng=0), (5, 2, 3)),
        Case(lambda: nn.CAdd(6, rng=0), (5, 2, 3)),
        Case(lambda: nn.CAdd(1, 3, 1, 1, rng=0), (5, 3, 2, 4), single=False),
    ],
    "CMul": [
        Case(lambda: nn.CMul(4, rng=0), (5, 4)),
        Case(lambda: nn.CMul(1, 4, rng=0), (5, 4)),
        Case(lambda: nn.CMul(6, rng=0), (5, 2, 3)),
        Case(lambda: nn.CMul(1, 3, 1, 1, rng=0), (5, 3, 2, 4), single=False),
    ],
    "Mul": [Case(lambda: nn.Mul(rng=0), (5, 4)), Case(lambda: nn.Mul(rng=0), (5,))],
    "Constant": [
        Case(lambda: nn.Constant([[1, 2, 3]], 1), (5, 4), single=False),
        Case(lambda: nn.Constant(2.5), (5, 4), single=False, batch=False),
    ],
}
