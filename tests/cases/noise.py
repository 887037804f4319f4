"""Cases of noise."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Dropout": [
        Case(lambda: nn.Dropout(0.4, rng=0), (5, 4)),
        Case(lambda: nn.Dropout(0.4, inverted=False, rng=0), (3, 2, 4, 5)),
        Case(lambda: nn.Dropout(exact=True, rng=0), (5, 6)),
        Case(lambda: nn.Dropout(0.3, exact=True), (3, 2, 4, 5), single=False),
        Case(lambda: nn.Dropout(0.4, inverted=False).evaluate(), (5, 4)),
    ],
}
